"""Fit and interest of a lead: plans made once per document, and what they give for one lead."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache

from domain.document.sections.scoring import FitScoring, InterestScoring, Signal
from domain.leads.decision import Contribution, Dimension, Score
from rules.activities.activity_window import ActivityWindow
from rules.scoring.bands import Bands
from rules.scoring.crossing import Limits, Share, Spans
from rules.scoring.points import Worths, amount, hundredths, percent

MAXIMUM = "maximum"
"""The rule under which a contribution takes back what exceeds the maximum."""

GROUP = "group."
"""The beginning of a contribution's rule that takes back what exceeds the maximum of a group."""

Criteria = tuple[tuple[tuple[int, Contribution, int], ...], ...]
_MOST_TOTALS = 5000
"""The number of different sums of points looked at."""

Scored = tuple[Score, int, int]
"""A score, with its points and its percentage in hundredths."""


def _scorer(maximum: int | None, bands: Bands, *, by_percent: bool) -> Callable[[int], Scored]:
    """A function that makes a score of hundredths, and keeps those it made last."""

    @lru_cache(maxsize=4096)
    def scored(points: int) -> Scored:
        part = 0 if maximum is None else percent(points, maximum)
        band = bands.of_value(part if by_percent else points)
        if maximum is None:
            return Score(amount(points), None, None, band), points, part
        return Score(amount(points), amount(maximum), amount(part), band), points, part

    return scored


@dataclass(frozen=True, slots=True)
class FitPlan:
    """Fit as it is counted: per criterion its bands, in order, with rule number, share and hundredths."""

    criteria: Criteria
    maximum: int
    bands: Bands
    scored: Callable[[int], Scored]
    totals: Callable[[], tuple[int, ...]]
    """All hundredths that the criteria can give together, in order; nothing where there are too many to tell."""

    @classmethod
    def of(cls, fit: FitScoring, rules: Mapping[tuple[str, int], int]) -> FitPlan:
        """The plan for a document; rules number its bands by criterion and index."""
        criteria = tuple(
            tuple(
                _fit_band(criterion.key, index, criterion.weight, band.points, rules[criterion.key, index])
                for index, band in enumerate(criterion.bands)
            )
            for criterion in fit.criteria
        )
        maximum, bands = reachable_fit(fit), Bands.of(fit.bands)
        return cls(criteria, maximum, bands, _scorer(maximum, bands, by_percent=True), cache(lambda: _totals(criteria)))

    def least_total(self, points: int) -> int:
        """The fewest hundredths, from so many on, that the criteria can give together."""
        totals = self.totals()
        place = bisect_left(totals, points)
        return totals[place] if place < len(totals) else points

    def score(self, matched: Container[int]) -> Scored:
        """The fit of a lead for which these rules hold."""
        total = 0
        for bands in self.criteria:
            for rule, _, points in bands:
                if rule in matched:
                    total += points
                    break
        return self.scored(total)

    def shares(self, matched: Container[int]) -> list[Contribution]:
        """Return what the fit is made of: of each criterion the first band that holds."""
        first = (next((share for rule, share, _ in bands if rule in matched), None) for bands in self.criteria)
        return [share for share in first if share is not None]


def _totals(criteria: Criteria) -> tuple[int, ...]:
    found = {0}
    for bands in criteria:
        found |= {total + points for total in found for _, _, points in bands}
        if len(found) > _MOST_TOTALS:
            return ()
    return tuple(sorted(found))


def _fit_band(key: str, index: int, weight: Decimal, points: Decimal, rule: int) -> tuple[int, Contribution, int]:
    worth = weighted(weight, points)
    return rule, Contribution(Dimension.FIT, key, amount(worth), band=index), worth


@dataclass(frozen=True, slots=True)
class SignalPlan:
    """A signal as it is counted."""

    key: str
    activity: str
    worth: Worths
    max_count: int
    """The number of activities that count; negative without limit."""
    window: timedelta
    lead_rule: int | None
    """The rule that must hold for the lead, where its condition speaks of that alone."""
    activity_rule: int | None
    """The rule that must hold for the activity, where its condition speaks of that."""
    group: str | None = None
    """The group whose maximum its points share."""

    @classmethod
    def of(cls, signal: Signal, rule: int | None, of_activities: Container[int]) -> SignalPlan:
        """The plan for a signal whose condition has this number."""
        asks_activity = rule is not None and rule in of_activities
        return cls(
            signal.key,
            signal.activity,
            Worths(signal),
            signal.max_count or -1,
            timedelta(days=signal.window.days) if signal.window else timedelta.max,
            None if asks_activity else rule,
            rule if asks_activity else None,
            signal.group,
        )


@dataclass(frozen=True, slots=True)
class InterestPlan:
    """Interest as it is counted."""

    signals: tuple[SignalPlan, ...]
    maximum: int | None
    """The most that counts; None without limit."""
    bands: Bands
    scored: Callable[[int], Scored]
    groups: Mapping[str, int]
    """The most that counts of each group together."""
    steps: tuple[tuple[str, SignalPlan], ...]
    """The signals with the type of activity that they count."""
    spans: Spans
    """Which points mean the same."""
    _sinks: bool
    """True if some signal takes points away, so that interest may rise by fading."""

    @classmethod
    def of(
        cls,
        interest: InterestScoring,
        rules: Mapping[str, int],
        of_activities: Container[int],
        compared: Iterable[int] = (),
    ) -> InterestPlan:
        """The plan for a document; rules number its signals' conditions, some of which are asked of activities, and
        conditions compare the points with hundredths."""
        signals = tuple(SignalPlan.of(s, rules.get(s.key), of_activities) for s in interest.signals)
        maximum = hundredths(interest.maximum) if interest.maximum is not None else None
        bands = Bands.of(interest.bands)
        spans = Spans.of((lowest for lowest, _ in bands.steps[:-1]), compared)
        groups = {group.key: hundredths(group.maximum) for group in interest.groups}
        scored = _scorer(reachable_interest(interest), bands, by_percent=False)
        sinks, steps = any(s.points < 0 for s in interest.signals), tuple((s.activity, s) for s in signals)
        return cls(signals, maximum, bands, scored, groups, steps, spans, sinks)

    def score(self, matched: Container[int], window: ActivityWindow) -> Scored:  # noqa: C901 - one loop: it runs for every lead
        """The interest of a lead; `recent` learns what counted, until when it is worth and means the same."""
        total, lasting, now, by_type = 0, timedelta.max, window.now, window.by_type
        counted, grouped = window.counted, dict[str, int]()
        for kind, signal in self.steps:
            if kind not in by_type or (signal.lead_rule is not None and signal.lead_rule not in matched):
                continue
            before, left, rule = total, signal.max_count, signal.activity_rule
            for activity, occurred in by_type[kind]:
                since = now - occurred
                if since >= signal.window:
                    break
                if rule is not None and rule not in window.held_for(activity):
                    continue
                points, lasts = signal.worth[since.days]
                if points:
                    total += points
                    counted += (signal.key, activity.id, points)
                    if lasts is not None and lasts - since < lasting:
                        lasting = lasts - since
                left -= 1
                if not left:
                    break
            if signal.group is not None:
                grouped[signal.group] = grouped.get(signal.group, 0) + total - before
        if window.ahead:
            self._look_ahead(matched, window)
        if self.groups:
            total -= sum(over for _, over in self._over(grouped))
        total = total if self.maximum is None or total < self.maximum else self.maximum
        if lasting < timedelta.max:
            window.fades(lasting)
            self._note_crossing(window, total)
        return self.scored(total)

    def _note_crossing(self, window: ActivityWindow, total: int) -> None:
        if not (window.foreseeing and self.spans.cuts) or (total < self.spans.cuts[0] and not self._sinks):
            return
        times, plans = window.times, {signal.key: signal for signal in self.signals}
        shares = [
            Share.of(plans[key].group, plans[key].worth, points, window.now - times[activity])
            for key, activity, points in window.shares()
        ]
        after = self.spans.leaves(shares, total, Limits(self.groups, self.maximum))
        if after is not None:
            window.crosses(after)

    def _over(self, grouped: Mapping[str, int]) -> list[tuple[str, int]]:
        """By how much each group exceeds its maximum."""
        points = [(key, grouped.get(key, 0) - most) for key, most in self.groups.items()]
        return [(key, over) for key, over in points if over > 0]

    def shares(self, window: ActivityWindow) -> list[Contribution]:
        """Return what the interest is made of that was counted, cuts included."""
        times = window.times
        groups, grouped = {signal.key: signal.group for signal in self.signals}, dict[str, int]()
        shares, total = [], 0
        for key, activity, points in window.shares():
            occurred = times[activity]
            age = max(0, (window.now - occurred).days)
            shares.append(Contribution(Dimension.INTEREST, key, amount(points), None, activity, age, occurred))
            total += points
            group = groups[key]
            if group is not None:
                grouped[group] = grouped.get(group, 0) + points
        for key, over in self._over(grouped):
            shares.append(Contribution(Dimension.INTEREST, f"{GROUP}{key}", amount(-over)))
            total -= over
        if self.maximum is not None and total > self.maximum:
            shares.append(Contribution(Dimension.INTEREST, MAXIMUM, amount(self.maximum - total)))
        return shares

    def _look_ahead(self, matched: Container[int], window: ActivityWindow) -> None:
        """Note when activities that lie too far ahead begin to count."""
        for kind, signal in self.steps:
            if signal.lead_rule is not None and signal.lead_rule not in matched:
                continue
            for activity, occurred in window.ahead.get(kind, ()):
                counts = signal.activity_rule is None or signal.activity_rule in window.held_for(activity)
                if counts and signal.worth[0][0]:
                    window.begins(occurred)


def reachable_fit(fit: FitScoring) -> int:
    """The most hundredths of fit that a lead can have."""
    return sum(max(0, *(weighted(c.weight, band.points) for band in c.bands)) for c in fit.criteria)


def weighted(weight: Decimal, points: Decimal) -> int:
    """The hundredths that a band of a criterion gives."""
    return round(Fraction(weight) * Fraction(points) * 100)


def reachable_interest(interest: InterestScoring) -> int | None:
    """The most hundredths of interest that a lead can have; None without limit."""
    most: dict[str | None, Decimal | None] = {}
    for signal in interest.signals:
        if signal.points > 0:
            before, own = most.get(signal.group, Decimal(0)), _most(signal)
            most[signal.group] = None if before is None or own is None else before + own
    for group in interest.groups:
        sum_of_group = most.get(group.key, Decimal(0))
        most[group.key] = group.maximum if sum_of_group is None else min(sum_of_group, group.maximum)
    limits = [interest.maximum] if interest.maximum is not None else []
    if None not in most.values():
        limits.append(sum((points or Decimal(0) for points in most.values()), Decimal(0)))
    return min(map(hundredths, limits)) if limits else None


def _most(signal: Signal) -> Decimal | None:
    return None if signal.max_count is None else signal.points * signal.max_count
