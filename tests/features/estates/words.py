"""The address phrases in Chinese, as the catalogues must say them."""

from gettext import NullTranslations

CHINESE = {
    "zh-Hans": {
        "Lane %(lane)s No. %(building)s": "%(lane)s弄%(building)s号",
        "Lane %(lane)s No. %(building)s, Unit %(stairwell)s": (
            "%(lane)s弄%(building)s号 %(stairwell)s单元"
        ),
        "%(place)s, Room %(door)s": "%(place)s%(door)s室",
        "Building %(building)s": "%(building)s号楼",
        "Building %(building)s, Unit %(stairwell)s": "%(building)s号楼 %(stairwell)s单元",
        "%(place)s, %(door)s": "%(place)s %(door)s",
        "Tower %(building)s": "%(building)s座",
        "Tower %(building)s, Unit %(stairwell)s": "%(building)s座 %(stairwell)s单元",
        "%(place)s, %(floor)sF %(door)s": "%(place)s %(floor)sF %(door)s",
        "Unit %(stairwell)s": "%(stairwell)s单元",
        "%(compound)s, %(place)s": "%(compound)s %(place)s",
        "Lane, number, room": "弄 / 号 / 室",
        "Building, unit, door": "楼 / 单元 / 户",
        "Tower, floor, room": "座 / 层 / 室",
    },
    "zh-Hant": {
        "Lane %(lane)s No. %(building)s": "%(lane)s弄%(building)s號",
        "Lane %(lane)s No. %(building)s, Unit %(stairwell)s": (
            "%(lane)s弄%(building)s號 %(stairwell)s單元"
        ),
        "%(place)s, Room %(door)s": "%(place)s%(door)s室",
        "Building %(building)s": "%(building)s號樓",
        "Building %(building)s, Unit %(stairwell)s": "%(building)s號樓 %(stairwell)s單元",
        "%(place)s, %(door)s": "%(place)s %(door)s",
        "Tower %(building)s": "%(building)s座",
        "Tower %(building)s, Unit %(stairwell)s": "%(building)s座 %(stairwell)s單元",
        "%(place)s, %(floor)sF %(door)s": "%(place)s %(floor)sF %(door)s",
        "Unit %(stairwell)s": "%(stairwell)s單元",
        "%(compound)s, %(place)s": "%(compound)s %(place)s",
        "Lane, number, room": "弄 / 號 / 室",
        "Building, unit, door": "樓 / 單元 / 戶",
        "Tower, floor, room": "座 / 樓層 / 室",
    },
}


class Phrases(NullTranslations):
    """A catalogue that knows the address phrases of one language."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.phrases = CHINESE.get(language, {})

    def gettext(self, message: str) -> str:
        """The phrase, or the message itself as in English."""
        return self.phrases.get(message, message)
