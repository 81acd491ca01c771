# Host processes are spawned, which imports this file again: nothing is imported but when it runs.
if __name__ == "__main__":
    from footfall.cli import main

    main()
