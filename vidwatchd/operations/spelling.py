"""spelling: what a person may have meant by a search that finds nothing."""

from __future__ import annotations

from dataclasses import replace

from vidwatchd.operations import Context
from vidwatchd.operations.queries import Query, Term, fold

# Words of up to so many letters are often one letter from another real word.
SHORT = 4


def corrected(ctx: Context, query: Query) -> Query | None:
    """The query with words that no video holds replaced by the likeliest that some do; None where there is nothing better."""
    terms = tuple(_corrected(ctx, term) for term in query.terms)
    return replace(query, terms=terms) if terms != query.terms else None


def distance(one: str, other: str, most: int) -> int:
    """How many letters are wrong, missing, too many or swapped with their neighbour; above ``most`` just more than it.

    Damerau 1964, each pair swapped once (optimal string alignment).
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, last = [0] * (len(other) + 1), list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return last[-1]


def _corrected(ctx: Context, term: Term) -> Term:
    if term.unwanted:
        return term
    words = term.text.split()
    better = [_word(ctx, word, term.beginning and word == words[-1]) for word in words]
    return replace(term, text=" ".join(better), beginning=False) if better != words else term


def _word(ctx: Context, word: str, beginning: bool) -> str:
    folded = fold(word)
    search = ctx.index.search
    if len(folded) < 2 or not folded.isalnum() or search.documents(folded) or (beginning and search.begins(folded)):
        return word
    most = 1 if len(folded) <= SHORT else 2
    letters = set(folded)
    near = [
        (gap, -count, other)
        for other, count in search.like(folded, most)
        # The letters tell most of them apart in a fiftieth of the time.
        if len(letters ^ set(other)) <= 2 * most and (gap := distance(folded, other, most)) <= most
    ]
    return min(near)[2] if near else word
