"""What all stand-ins of a vendor's API have in common: a store, a log of requests, faults on demand, an address."""
