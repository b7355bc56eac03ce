"""Sample articles that tell one story, and a footer that an outlet prints under all its articles."""

from __future__ import annotations

from newssearch import Article

DAM = [
    "The dam above the town of Halfaya broke on Monday after two weeks of rain, and water filled the valley.",
    "Engineers had warned the ministry in March that the spillway was cracked, according to letters seen by reporters.",
    "Some four thousand people were taken to schools on higher ground, and nobody was reported missing by the evening.",
    "The governor said that the road to the capital would stay closed until the bridge had been looked at by experts.",
    "Farmers fear for the harvest of the whole district, for most of the fields along the river lie under mud.",
]
VOTE = [
    "Parliament voted on Tuesday to lower the tax on bread, which had led to strikes in three cities of the north.",
    "The opposition left the hall before the count, and its leader called the law a gift to the owners of mills.",
    "Bakers said that prices would fall by a tenth at most, since flour and wages cost more than a year ago.",
]
FOOTER = "Sign up here for our daily letter with the best of our reporting, free of charge."


def made(
    text: list[str], outlet: str | None, date: str | None = "2024-07-25", title: str = "News"
) -> Article:
    """Return an article of the given outlet."""
    return Article.create(
        title=title,
        text=text,
        outlet=outlet,
        date=date,
        identity=f"{outlet} {date} {title} {len(text)}",
    )


AGENCY = made(DAM, "agency.example", "2024-07-22", "Dam breaks above Halfaya")
PAPER = made([DAM[0], DAM[2], DAM[3].replace("The governor said", "Governor Aziz told us")], "paper.example", "2024-07-23", "Thousands flee")  # fmt: skip
RADIO = made([*DAM, "Our reporter is on the way to the valley and will tell more in the evening."], "radio.example", "2024-07-24", "Flood!")  # fmt: skip
OTHER = made(VOTE, "paper.example", "2024-07-23", "Cheaper bread")


def unlike(number: int) -> list[str]:
    """Return paragraphs that differ from those for every other number."""
    return [" ".join(f"w{number}x{part}x{word}" for word in range(20)) for part in range(2)]
