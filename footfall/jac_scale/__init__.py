"""What is known here of jac-scale 0.2.31, whose jobs become schedules."""
