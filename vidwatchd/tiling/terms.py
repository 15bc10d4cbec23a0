"""terms: the words of a text that say what it is about, as vectors and as titles; no model, most scripts."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Scripts that write no spaces: Thai, Lao, Burmese, Khmer, kana, Han. Two neighbouring characters stand for a word.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_GRAMMAR = re.compile("[\u3040-\u309f]+")
_WORD = re.compile(r"[^\s!-&(-/:-@\[-`{-~…—–“”„«»‹›。、，．？！：；（）「」『』・।॥؟،؛۔¿¡♪]+")
# Words of grammar, which are as frequent in one section as in the next; a text's own frequent words are found by counting.
_GRAMMAR_WORDS = frozenset(
    """
    about above after again all also always and any are aren't because been before being between both but can can't come
    could did does doesn't doing don't done down each even every for from get gets getting give going gonna got had has
    have he'd he'll her here here's him his how i'd i'll i'm i've into isn't it's its just know let let's like look made
    make many maybe mean more most much must myself need never next not now off okay one only other our out over own
    people please put quite really right said same say see she should some something still such sure take tell than that
    that's the their them then there there's these they they're thing things think this those through today too two under
    until use used using very want was way we'll we're we've well went were what what's when where which while who why
    will with won't would yeah yes yet you you'd you'll you're you've your yours
    aber alle als also auch auf aus bei bin bis das dass dein dem den der des die dies diese dieser doch dort durch ein
    eine einem einen einer eines etwas für gibt habe haben hat hatte hier ich ihr immer ist jetzt kann kein keine machen
    man mehr mein mit muss nach nicht noch nur oder ohne schon sehr sein seine sich sie sind soll über und uns unter viel
    vom von vor war waren was weil wenn werden wie wieder wir wird wurde zum zur zwei
    alors après aussi autre aux avec avoir bien ça car ces cet cette comme dans des donc dont elle elles est été être
    fait faire il ils leur leurs les lui mais même moins mon nos notre nous ont par parce pas peu peut plus pour quand
    que qui quoi sans ses soit son sont sur tous tout toute très une vos votre vous
    algo allí antes aquí así cada como con cual cuando del desde donde ella ellos entonces entre era eran esa ese eso
    esta está están este esto estos fue había hacer hasta hay las los mas más menos mucho muy nada nos nosotros otra otro
    para pero poco por porque puede pues que qué ser sin sino sobre son también tan tiene todo todos una uno usted ustedes
    alla anche ancora avere che chi come cosa così dalla dalle degli dei del della delle dello dopo dove due ecco
    era essere fare gli hai hanno lei loro molto nel nella noi non ogni perché però più poi quando quello questa questo
    qui sempre senza siamo sono sua suo sul sulla tra tutti tutto una uno
    ainda até com como das depois dos ela ele eles essa esse esta este eu foi isso isto mais mas mesmo muito não nas nem
    nos nós numa onde ou para pela pelo pois por quando que quem são sem ser seu sua também tem tudo uma você
    aan als bij daar dan dat deze die dit door een elk en er had heb hebben heeft het hier hij hoe ik in is je kan maar
    meer met mijn moet naar niet nog nu of om ook op over te tot uit van veel voor waar was wat we wel wij worden zal ze
    zich zijn zo
    без был была были было быть вас вот все всё где для его если есть еще ещё как когда который мне можно мы надо нас не
    нет них но она они оно очень при про так также там тебя тем только том тут уже что чтобы эта эти это этого этот
    """.split()  # noqa: SIM905  two hundred quoted words would be read by nobody
)
_SHORTEST, _STEM = 3, 6
# More words than these add little, and a day of speech must fit in memory.
_MOST_TERMS = 1024
_TITLE_TERMS = 3


@dataclass(frozen=True, slots=True)
class Term:
    """One word: what it is counted as (``guitars`` and ``guitar`` are the same) and as it is written."""

    key: str
    written: str


def terms(text: str) -> list[Term]:
    """The words of a text that may say what it is about, in order."""
    found: list[Term] = []
    for match in _WORD.finditer(text):
        word = match[0].strip("'’")
        if UNSPACED.search(word):
            pairs = (word[at : at + 2] for at in range(max(len(word) - 1, 1)))
            found += [Term(pair, pair) for pair in pairs if not _GRAMMAR.fullmatch(pair)]
        elif _tells(word):
            found.append(Term(_key(word), word))
    return found


def vectors(texts: Sequence[str]) -> NDArray[np.float32]:
    """(n, up to 1024) TF-IDF of the words that occur in two texts or more; a word said once joins nothing."""
    import numpy as np

    counts = [Counter(term.key for term in terms(text)) for text in texts]
    spread = Counter(key for count in counts for key in count)
    weights = {key: math.log(len(texts) / n) for key, n in spread.items() if 2 <= n < max(len(texts) * 0.5, 3)}
    chosen = sorted(weights, key=lambda key: (-spread[key] * weights[key], key))[:_MOST_TERMS]
    column = {key: number for number, key in enumerate(chosen)}
    found = np.zeros((len(texts), max(len(column), 1)), np.float32)
    for row, count in enumerate(counts):
        for key in count.keys() & column.keys():
            found[row, column[key]] = (1 + math.log(count[key])) * weights[key]
    return found


def keywords(sections: Sequence[str], most: int = 8) -> list[tuple[str, ...]]:
    """The most telling words of each section: said often in it and not in the others; neighbours stay together."""
    said = [terms(text) for text in sections]
    counts = [Counter(term.key for term in section) for section in said]
    spread = Counter(key for count in counts for key in count)
    found = []
    for section, count in zip(said, counts, strict=True):
        scores = {key: n * math.log(1 + len(sections) / spread[key]) for key, n in count.items() if n > 1}
        best = sorted(scores, key=lambda key: -scores[key])[:most]
        found.append(tuple(_phrases(best, section)))
    return found


def title(words: Sequence[str]) -> str:
    """The first few of a section's words as its title; "" without any, and for scripts whose words are not known."""
    chosen = [word for word in words if not UNSPACED.search(word)][:_TITLE_TERMS]
    text = ", ".join(chosen)
    return text[:1].upper() + text[1:]


def _tells(word: str) -> bool:
    small = word.casefold().replace("’", "'")
    return len(small) >= _SHORTEST and small not in _GRAMMAR_WORDS and not small[0].isdigit()


def _key(word: str) -> str:
    small = word.casefold().replace("’", "'").partition("'")[0]
    if small.endswith("s") and not small.endswith("ss") and len(small) > _SHORTEST:
        small = small[:-1]
    return small[:_STEM]


def _phrases(best: Sequence[str], section: Sequence[Term]) -> list[str]:
    """The words as they are mostly written; two that mostly come together become one."""
    counts = Counter(term.key for term in section)
    pairs = Counter((a.key, b.key) for a, b in itertools.pairwise(section) if a.key != b.key)
    found: list[str] = []
    used: set[str] = set()
    for key in best:
        if key in used:
            continue
        chain = _chain(key, best, pairs, counts, used)
        used |= set(chain)
        found.append(" ".join(_written(part, section) for part in chain))
    return found


def _chain(
    key: str, best: Iterable[str], pairs: Counter[tuple[str, str]], counts: Counter[str], used: set[str]
) -> list[str]:
    for other in best:
        for pair in ((key, other), (other, key)):
            together = pairs[pair]
            if other not in used and together > 1 and together * 3 >= 2 * max(counts[key], counts[other]):
                return list(pair)
    return [key]


def _written(key: str, section: Sequence[Term]) -> str:
    """As it is mostly written; a name keeps its capital, the first word of a sentence loses it."""
    forms = Counter(term.written for term in section if term.key == key)
    small = next((form for form in forms if form.islower()), "")
    best = max(forms, key=lambda form: (forms[form], form))
    return small if small and not best.isupper() else best
