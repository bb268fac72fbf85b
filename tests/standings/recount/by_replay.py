"""Another independent recount: everything read once, then replayed in plain Python (R16)."""

from collections import defaultdict


class Replay:
    """All facts, corrections and mergers of a contest in memory."""

    def __init__(self, cursor, contest):
        def read(statement):
            cursor.execute(statement, {"contest": contest})
            return cursor.fetchall()

        self.people = {
            who: (joined, unit)
            for who, joined, unit in read(
                "SELECT id, joined_at, joined_unit_id FROM lantoa_contestant WHERE contest_id = %(contest)s"
            )
        }
        self.sat = read(
            """SELECT a.contestant_id, a.number, a.submitted_at, cardinality(a.questions) - a.correct, a.duration_ms
                 FROM lantoa_attempt a JOIN lantoa_contestant c ON c.id = a.contestant_id
                WHERE c.contest_id = %(contest)s AND a.submitted_at IS NOT NULL"""
        )
        self.rulings = read(
            """SELECT kind, contestant_id, attempt, target_id, unit_id, effective, known_at FROM lantoa_correction
                WHERE contest_id = %(contest)s ORDER BY known_at, id"""
        )
        self.units = [
            unit
            for (unit,) in read(
                """SELECT u.id FROM lantoa_unit u JOIN lantoa_contest c ON c.root_id = u.parent_id
                    WHERE c.id = %(contest)s"""
            )
        ]
        self.mergers = read(
            "SELECT unit_id, successor_id, effective, known_at FROM lantoa_succession ORDER BY effective, known_at"
        )

    def at(self, at, known):
        """({unit: (registered, finished, attempts)}, [(contestant, rank, missed, ms)])."""
        into, unit_of, dead = self._rules(at, known)

        def counts_for(who):
            while who is not None and (who, None) not in dead:
                if who not in into:
                    return who
                who = into[who]
            return None

        owner = {who: counts_for(who) for who, (joined, _) in self.people.items() if joined <= at}
        results = self._results(owner, dead, at)
        homes = {}
        for who, root in owner.items():
            if root is not None:
                candidate = (who != root, self.people[who][0], who)
                homes[root] = min(homes.get(root, candidate), candidate)
        return self._units(homes, unit_of, results, at, known), self._ranks(results)

    def _results(self, owner, dead, at):
        results = defaultdict(list)
        for who, number, when, missed, ms in self.sat:
            if when <= at and owner.get(who) is not None and (who, number) not in dead:
                results[owner[who]].append((missed, ms, when))
        return results

    def _rules(self, at, known):
        into, unit_of, verdict = {}, {}, {}
        for kind, who, attempt, target, unit, effective, when in self.rulings:
            if when > known or (effective is not None and effective > at):
                continue
            if kind == "merge":
                into[who] = target
            elif kind == "move":
                unit_of[who] = unit
            else:
                verdict[who, attempt] = kind
        return into, unit_of, {subject for subject, kind in verdict.items() if kind == "void"}

    def _units(self, homes, unit_of, results, at, known):
        successor = {unit: to for unit, to, effective, when in self.mergers if effective <= at and when <= known}

        def shown(unit):
            while unit in successor:
                unit = successor[unit]
            return unit

        table = {shown(unit): [0, 0, 0] for unit in self.units}
        for root, (_, _, home) in homes.items():
            row = table[shown(unit_of.get(home, self.people[home][1]))]
            row[0] += 1
            row[1] += bool(results.get(root))
            row[2] += len(results.get(root, ()))
        return {unit: tuple(row) for unit, row in table.items()}

    def _ranks(self, results):
        ordered = sorted((min(found), who) for who, found in results.items())
        places = []
        for place, (key, who) in enumerate(ordered):
            same = place > 0 and ordered[place - 1][0] == key
            places.append((who, places[-1][1] if same else place + 1, key[0], key[1]))
        return sorted(places, key=lambda line: (line[1], line[0]))
