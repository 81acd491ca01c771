"""Footfall: durable schedules for walkers, on Temporal."""
