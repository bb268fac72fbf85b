"""The production form on one machine: each of its machines is a network namespace (`make cluster`)."""
