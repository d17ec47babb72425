"""The ways in: command line and explorer."""
