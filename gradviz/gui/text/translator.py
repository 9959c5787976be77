"""Gives Qt the texts of our catalogue, and of Qt's own dialogs, in the language in use."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QObject, QTranslator

from gradviz.language import language, tr


class CatalogueTranslator(QTranslator):
    """Answers `QObject.tr` from the catalogue that all processes share."""

    def translate(self, _context: str, text: str, meaning: str | None = None, _n: int = -1) -> str:
        """Return the translation; nothing where there is none, and Qt asks the next translator."""
        found = tr(text, meaning or "")
        return found if found != text else None  # type: ignore[return-value]

    def isEmpty(self) -> bool:
        """Return that there is something to ask for."""
        return False


def install_translators(parent: QObject) -> None:
    """Install what the language in use needs: nothing for English, which the sources are in."""
    code = language()
    if code == "en":
        return
    own_of_qt = QTranslator(parent)
    if own_of_qt.load(f"qtbase_{code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        QCoreApplication.installTranslator(own_of_qt)
    QCoreApplication.installTranslator(CatalogueTranslator(parent))
