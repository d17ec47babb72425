"""Where does ``python -m servicemap`` of a wheel start, and ``python .`` of a checkout? At the door."""

from servicemap import main

if __name__ == "__main__":
    main()
