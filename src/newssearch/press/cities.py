"""The names of large cities."""

CITIES = frozenset(
    "abidjan|abuja|accra|addis ababa|aden|aleppo|alger|algiers|amman|amsterdam|ankara|athen|athens|atlanta|baghdad|bagdad|bahrain"
    "|baku|bangkok|barcelona|basra|beijing|beirut|beyrouth|belfast|belgrad|belgrade|berlin|bern|bogota|bogotá|bonn|boston|brasilia"
    "|brasília|bratislava|brussels|bruxelles|brüssel|bucharest|budapest|buenos aires|bukarest|cairo|canberra|cape town|caracas"
    "|chicago|colombo|copenhagen|dakar|dallas|damascus|damaskus|delhi|den haag|dhaka|doha|dubai|dublin|düsseldorf|edinburgh|erbil"
    "|florence|frankfurt|gaza|geneva|genf|genève|genoa|hamburg|hanoi|harare|havana|helsinki|hong kong|houston|islamabad|istanbul"
    "|jakarta|jerusalem|johannesburg|kabul|kairo|karachi|khartoum|kiev|kigali|kinshasa|kirkuk|kopenhagen|köln|kuala lumpur|kuwait"
    "|kuwait city|kyiv|la paz|lagos|le caire|lima|lisbon|lissabon|ljubljana|london|londres|los angeles|lyon|madrid|mailand|manama"
    "|manchester|manila|marseille|melbourne|mexico|mexico city|miami|milan|milano|minsk|mogadishu|montreal|moscou|moscow|moskau|mosul"
    "|mumbai|munich|muscat|münchen|nairobi|naples|new delhi|new york|nicosia|oslo|ottawa|paris|pekin|peking|philadelphia|prag|prague"
    "|pretoria|pyongyang|quito|rabat|ramallah|riga|rio de janeiro|riyadh|rom|roma|rome|san francisco|sanaa|santiago|sao paulo|são paulo"
    "|sarajevo|seattle|seoul|shanghai|singapore|skopje|sofia|stockholm|strasbourg|straßburg|stuttgart|sydney|taipei|tallinn|tbilisi"
    "|tehran|teheran|tel aviv|the hague|tirana|tokio|tokyo|toronto|tripoli|tunis|turin|vienna|vienne|vilnius|warsaw|warschau"
    "|washington|washington dc|wellington|wien|yerevan|zagreb|zurich|zürich".split("|")
)
"""Capitals and other large cities in English, German and French, in lower case; no outlet is named by such a name alone."""
