"""The parameters of an address that say how a reader came to an article, and not which article it is.

Each name is documented by the service that adds it, or was seen on addresses of real news (37,554 articles of about 490
outlets) without ever telling two articles apart. A name that any site may use for its own purpose is in no list for all
sites: ``id``, ``p``, ``page``, ``story``, ``lang``, ``s``, ``sid``, ``cid``, ``ref`` and ``source`` identify, unless
the site, or the value (``ref=rss``), says otherwise. Lists that others maintain are larger; they serve privacy, and
drop what identifies. A change of these lists changes ids, so it needs a new version of the format of an index.
"""

from __future__ import annotations

import re

_EVERYWHERE = frozenset(
    # Google, Meta, Microsoft, X, TikTok, LinkedIn, Pinterest, Yandex, Instagram
    "gclid gclsrc dclid gbraid wbraid srsltid _ga _gl usqp ved amp_js_v amp_gsa amp_ct amp_tf amp_lite aoh gs_l fbclid "
    "fb_action_ids fb_action_types fb_source fb_ref fb_comment_id fbrefresh action_object_map action_type_map "
    "action_ref_map __tn__ __xts__ msclkid twclid __twitter_impression ref_src ref_url ttclid li_fat_id epik yclid ysclid "
    "_openstat igshid igsh "
    # mail and marketing services
    "mc_cid mc_eid mc_tc _hsenc _hsmi __hssc __hstc __hsfp hsctatracking mkt_tok ml_subscriber ml_subscriber_hash "
    "ck_subscriber_id _bta_tid _bta_c _ke _kx __s vgo_ee s_cid s_kwcid ef_id irclickid irgwc wickedid rb_clickid dm_i "
    "elqtrackid elqtrack elqaid elqat elqcampaignid trk_contact trk_msg trk_module trk_sid spmailingid spuserid spjobid "
    "spreportid ns_mail_uid ns_mail_job sailthru_id _branch_match_id _branch_referrer "
    # content recommendation and shares
    "dicbo obref oborigurl outbrainclickid tblci guccounter guce_referrer guce_referrer_sig awesm sms_ss at_xt "
    "cx_testid cx_testvariant cx_artpos cx_navsource cx_recswidget cx_click wprov share_id sharetoken sharetype "
    "reflink unlocked_article_code giftcopy gift_code pwapi_token carta-url xtor xtref mbid cndid bxid tpcc ncid icid "
    "intcid intcmp cmp cmpid cmpref campid campaign_id wpsrc wpisrc wpmm wpmk smid smtyp smprod ito ocid ftag ftcamp sref "
    "srnd maca ico hpid taid soc_src soc_trk tsrc nlid nl_art iref hpt pgtype clicksource contentcollection "
    "contentplacement rref mtrref adxnnl adxnnlx gwh gwt oref itid recirc_src "
    # sessions
    "phpsessid jsessionid aspsessionid cfid cftoken".split()
)

_FAMILIES = re.compile(
    r"utm[_-]|mtm_|pk_(?:campaign|cpn|kwd|keyword|source|medium|content|cid)$|piwik_(?:campaign|kwd|keyword)$|hsa_|oly_|"
    r"vero_|itm_|wt[._](?:mc|nav|z|ac|i_|srch|tsrc|cg|si|ti)|wt\.|ga_(?:source|medium|term|content|campaign|place)$|"
    r"at_(?:medium|campaign|campaign_type|custom\d*|link\w*|format|ptr_name|bbc_team|creation|variant|network|recipient\w*|"
    r"emailtype|send_date|platform|objective)$|"
    r"ns_(?:mchannel|campaign|source|linkname|fee)$|stm_(?:source|medium|campaign|content|term)$|"
    r"sc_(?:campaign|channel|content|medium|outcome|geo|country|cid|src)$|__cft__|aspsessionid"
)

_AMP_VALUES = {
    "amp": frozenset({"", "0", "1", "true", "false", "yes", "amp"}),
    "outputtype": frozenset({"amp"}),
    "output": frozenset({"amp"}),
    "isamp": frozenset({"", "0", "1", "true", "false"}),
    "is_amp": frozenset({"", "0", "1", "true", "false"}),
}
"""Parameters that ask for the AMP page of an article, with these values."""

_CHANNEL_KEYS = frozenset(
    "ref source src from via partner cid share origin channel referrer referer feature r".split()
)
_CHANNELS = frozenset(
    "rss feed feeds atom xml twitter tw tweet facebook fb linkedin whatsapp telegram reddit instagram pinterest "
    "youtube tiktok threads bluesky mastodon flipboard pocket email e-mail mail newsletter social share shared sharing "
    "copy copylink copy-link permalink home homepage front frontpage hp google googlenews google-news gnews yahoo bing "
    "applenews apple-news msn smartnews upday news-app app ios android iphone ipad mobile amp push notification "
    "notifications messenger widget sidebar related recirc".split()
)
"""Values of ``ref`` and the like that name a way to an article, and never an article."""

_ON_SITES = {
    "al-madina.com": "live weekly",
    "bloomberg.com": "leadsource",
    "cnn.com": "sr eref xid iid linkid no-st",
    "csmonitor.com": "nav src",
    "foxnews.com": "test",
    "go.com": "cid",
    "marketwatch.com": "mod ns st",
    "npr.org": "ft f ps ec sc",
    "nytimes.com": "hp hpw mabreward ref action module region _r version assettype abt abg emc nl te nc partner algo "
    "instance_id segment_id user_id regi_id imp_id surface pool fellback req_id "
    "searchresultposition mcubz src _php _type referrer fta mwrsm nytmobile",
    "politico.com": "hp lo ml",
    "reuters.com": "il feedtype feedname rpc virtualbrandchannel",
    "twitter.com": "s t",
    "usatoday.com": "csp",
    "welt.de": "source",
    "wsj.com": "mod st",
    "x.com": "s t",
    "youtube.com": "feature si pp ab_channel t",
}  # fmt: skip
"""Parameters that only say on one site how a reader came, by the site."""

_ON_SITE = {site: frozenset(names.split()) for site, names in _ON_SITES.items()}


def is_tracking(key: str, value: str, site: str) -> bool:
    """Whether a parameter does not identify an article of a site.

    >>> is_tracking("utm_source", "rss", "example.org"), is_tracking("source", "rss", "example.org")
    (True, True)
    >>> is_tracking("source", "5", "example.org"), is_tracking("hp", "t1", "politico.com")
    (False, True)
    """
    key = key.lower()
    if key == "m" and site.endswith(".blogspot.com"):
        return value in ("0", "1")
    if key in _EVERYWHERE or _FAMILIES.match(key) is not None or key in _ON_SITE.get(site, ()):
        return True
    if key in _CHANNEL_KEYS:
        return value.lower() in _CHANNELS
    return key in _AMP_VALUES and value.lower() in _AMP_VALUES[key]
