"""Starts MiniStack with what the system needs of AWS and MiniStack lacks."""

from deliveries import deliver_as_documented
from missing_types import add_missing_types
from ministack.app import main

if __name__ == "__main__":
    add_missing_types()
    deliver_as_documented()
    main()
