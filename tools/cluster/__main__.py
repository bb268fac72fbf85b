"""`make cluster`: build it, say what runs where, remove it on Ctrl+C. `python -m tools.cluster stop` removes one."""

from __future__ import annotations

import argparse
import signal
import sys
from types import FrameType

from tools.cluster.build import APPS, DATA, EVERY, FRONT, SITE, build, role_of
from tools.cluster.machines import STATE, remove_all


def main() -> None:
    """up | stop | show."""
    parser = argparse.ArgumentParser(prog="make cluster", description=__doc__)
    parser.add_argument("what", choices=["up", "stop", "show"])
    parser.add_argument("--people", type=int, default=300, help="how many invented people the contest has")
    chosen = parser.parse_args()
    if chosen.what == "stop":
        print(f"{remove_all()} machines removed.")
    elif chosen.what == "show":
        show()
    else:
        up(chosen.people)


def up(people: int) -> None:
    """Stand until somebody says stop."""

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, ask_to_stop)
    try:
        build(people=people)
        show()
        print(f"\n{SITE} (sign-ins stand on its sign-in page). Ctrl+C removes everything.", flush=True)
        while True:
            signal.pause()
    except KeyboardInterrupt:
        print("\nRemoving ...", flush=True)
    except TimeoutError as late:
        sys.exit(str(late))
    finally:
        remove_all()


def show() -> None:
    """What runs where, and how to look inside."""
    what = {
        **{one: f"etcd, Patroni, PostgreSQL ({role_of(one) or 'not answering'})" for one in DATA},
        **dict.fromkeys(APPS, "site :8000, reports :8001, worker, pages"),
        FRONT: "nginx :80, Redis :6379, worker, pages",
    }
    for machine in EVERY:
        print(f"{machine.name:<6} {machine.address:<11} {what[machine]}")
    print(f"\nlogs and data   {STATE}/MACHINE/")
    print("look inside     ip netns exec lt-data1 bash")
    print("who is primary  curl -s http://10.77.0.11:8008/cluster")
    print("switch off one  kill -9 $(ip netns pids lt-data1)")


if __name__ == "__main__":
    main()
