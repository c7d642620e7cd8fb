"""The word lists of the demonstration: names, towns, trades. Any likeness to real companies is chance."""

from __future__ import annotations

FIRST_NAMES = (
    *("Anke", "Bernd", "Carla", "Dieter", "Elif", "Frank", "Gesa", "Holger", "Ines", "Jonas", "Katrin", "Lars"),
    *("Miriam", "Norbert", "Oksana", "Peter", "Ruth", "Sven", "Tanja", "Ulrich", "Vera", "Wiebke", "Yusuf", "Zoe"),
)
LAST_NAMES = (
    *("Ahrens", "Brinkmann", "Cordes", "Demir", "Eberle", "Fiedler", "Grothe", "Hinrichs", "Imhoff", "Jacobi"),
    *("Kessler", "Lindner", "Mertens", "Niehaus", "Oswald", "Pieper", "Rademacher", "Steiner", "Thielen", "Uhlig"),
    *("Vogt", "Wenzel", "Yildiz", "Zander"),
)
NAME_BEGINNINGS = (
    *("Alster", "Berg", "Donau", "Eifel", "Fjord", "Garten", "Hof", "Insel", "Kloster", "Linden", "Mühl", "Nord"),
    *("Ostsee", "Quell", "Rhein", "Sonnen", "Tal", "Ufer", "Vogtland", "Weser"),
)
TRADES: dict[str, tuple[str, ...]] = {
    "food": ("käse", "backwaren", "feinkost", "wurst", "nudeln"),
    "beverages": ("brunnen", "brauerei", "säfte"),
    "pet-food": ("napf", "tiernahrung"),
    "pharma": ("pharma", "medica"),
    "cosmetics": ("kosmetik", "pflege"),
    "chemicals": ("chemie", "lacke"),
    "non-food": ("papier", "haushalt"),
    "logistics": ("logistik", "fulfilment"),
    "machinery": ("maschinen", "packtechnik"),
    "consulting": ("consult", "beratung"),
    "education": ("hochschule", "akademie"),
}
LEGAL_FORMS = ("GmbH", "GmbH & Co. KG", "AG", "KG", "SE")
TOWNS = (
    *(("DE", "48155", "Münster"), ("DE", "44135", "Dortmund"), ("DE", "50667", "Köln"), ("DE", "57072", "Siegen")),
    *(
        ("DE", "70173", "Stuttgart"),
        ("DE", "86150", "Augsburg"),
        ("DE", "90402", "Nürnberg"),
        ("DE", "97070", "Würzburg"),
    ),
    *(("DE", "20095", "Hamburg"), ("DE", "28195", "Bremen"), ("DE", "04109", "Leipzig"), ("DE", "10115", "Berlin")),
    *(("AT", "4020", "Linz"), ("AT", "6020", "Innsbruck"), ("CH", "8005", "Zürich")),
    *(("NL", "3511", "Utrecht"), ("FR", "67000", "Strasbourg"), ("PL", "61-001", "Poznań")),
)
FAIRS = ("FachPack", "Interpack", "Anuga FoodTec", "SÜFFA")
RETURN_COMMENTS = {
    "no-project": "No project before the new hall stands.",
    "budget-later": "The budget comes in January.",
    "unreachable": "Five calls, nobody there.",
    "incomplete-data": "The number rings at the gate house.",
    "wrong-contact": "She passes it on to the plant manager.",
    "competitor": "They build such machines themselves.",
    "no-fit": "Two pallets a week pay for no machine.",
}
EXPLANATIONS = (
    "At the fair in Nuremberg all day; taken over this morning.",
    "The colleague fell ill and nobody looked into his list.",
    "The new number was not in the telephone system yet.",
)
