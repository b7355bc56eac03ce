"""The words with which news sites say that something was published, updated or written: one table for all that look for them.

CLDR has no such words. Labels of dates are found by stems (:mod:`.date_labels`), because a verb has many forms there; these
whole words stand in front of the names of authors and behind them, where a stem would hit names.
"""

from __future__ import annotations

PUBLISHED_WORDS = tuple(
    (
        "published posted publiziert veröffentlicht eingestellt gepostet publié publiée posté proposé publicado publicada "
        "publicat postado pubblicato pubblicata postato inserito gepubliceerd geplaatst gepost publiceret udgivet indsendt "
        "publisert postet publicerad upplagd julkaistu opublikowano opublikowane dodano dodane publikováno vydáno опубликовано "
        "опубліковано yayınlanma yayınlandı diterbitkan diposting δημοσιεύτηκε δημοσίευση αναρτήθηκε نشر مرسلة 発行 公開 发布"
    ).split()
)
"""The words, in lower case, for "published" and "posted"."""

UPDATED_WORDS = tuple(
    (
        "updated aktualisiert modifié actualizado actualizada actualitzat atualizado atualizada aggiornato bijgewerkt gewijzigd "
        "opdateret oppdatert uppdaterad päivitetty aktualizacja zaktualizowano aktualizováno обновлено оновлено güncelleme "
        "güncellendi diperbarui actualizat ενημερώθηκε تحديث 更新"
    ).split()
)
"""The words, in lower case, for "updated"."""

WRITTEN_WORDS = tuple(
    (
        "written reported created erstellt geschrieben verfasst écrit rédigé escrito redactado scritto geschreven skrevet skrivet "
        "skriven ditulis napisane scris γράφτηκε كتب"
    ).split()
)
"""The words, in lower case, for "written", also of other things than articles."""

_OF_EITHER = ("first", "last", "submitted", "filed", "mis", "mise", "stand", "zuletzt")
"""Words that begin a phrase for one of them: ``mis en ligne``, ``mis à jour``, ``last updated``."""

PUBLICATION_WORDS = frozenset((*PUBLISHED_WORDS, *UPDATED_WORDS, *WRITTEN_WORDS, *_OF_EITHER))
"""All of them; they are part of no name."""
