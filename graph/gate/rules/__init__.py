"""Rules of the gate: each file looks for one thing. ``LEVEL`` and ``OPTIONS`` hold unless a rules file differs."""
