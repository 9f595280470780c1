"""Email domains: slips are asked about, real addresses are not, and a question never stands in the way."""

import pytest

from bookings.domain.email_typos import MEANT, did_you_mean
from tests.bookings.walker import Walker, page, words

SLIPS = """
    gmial.com gmai.com gmal.com gmil.com gnail.com gmaill.com gmeil.com gamil.com gmail.con gmail.co gmail.cm gmail.om gmail.cmo
    gmail.comm gmail.vom gmail.xom gmailcom gmail.co.uk gmail.uk gmail.net gmail.org ggmail.com gmsil.com gmqil.com gmaol.com
    gimail.com gmailc.om fmail.com hotmial.com hotmal.com hotmai.com hotmil.com hotmaill.com hotnail.com hormail.com hotmall.com
    homail.com hotmaik.com hotmail.con hotmail.co hotmail.cm hotmail.couk hotmail.co.k hotmail.co.ukk hotmial.co.uk hotmail.cou.uk
    htomail.com hitmail.com otmail.com hotmail.c.uk hotmal.co.uk hotmali.co.uk outlok.com outloo.com outlook.con outlook.co
    outloook.com outllok.com oulook.com outook.com outlool.com outlookc.om outlook.cm putlook.com otlook.com utlook.com outlok.co
    yaho.com yahooo.com yhaoo.com yhoo.com yaoo.com yahoo.con yahoo.co yahoo.cm yahho.com yahoo.couk yahoo.co.k yaho.co.uk
    yahooo.co.uk yhaoo.co.uk yahoo.cu.uk ahoo.com uahoo.com yahoo.co.ukk yhoo.co.uk icloud.co icloud.con iclod.com iclould.com
    icoud.com icloud.cm icould.com iclud.com iclou.com icloudc.om ilcoud.com icluod.com icliud.com btintenet.com btinternt.com
    btinternet.co btinternet.con btinterent.com btintrnet.com bitinternet.com btinernet.com btinetrnet.com live.co.k live.couk
    live.con live.co.ukk aol.con aol.co googlemial.com googlemail.con googlmail.com googelmail.com googlemail.co goglemail.com
    talktalk.nte talktalk.ne takltalk.net taltalk.net virginmeda.com virginmedia.con virgimedia.com virginmedia.co virginmeida.com
    protonmail.con protonmial.com protonmal.com sky.con sky.co nhs.ne ymail.con msn.con me.con ntlworld.con blueyonder.co.k
    tiscali.co.k gmaik.com gmaio.com gmaul.com gmwil.com gkail.com gjail.com hmail.com gmaill.co gmial.con gmaail.com gmmail.com
    gmailk.com gmail.clm gmail.ocm gmail.coom gmail.copm gmail.cpm gmail.cim hotmakl.com hotmaul.com hotmwil.com hptmail.com
    htmail.com hotmmail.com hotmaiil.com hotmial.con hotmail.ocm hotmail.co.um hotmail.co.yk hotmail.co.ik hotmail.ci.uk hotmail.clm
    outlpok.com outliok.com outlokk.com ourlook.com oitlook.com outlook.vom outlook.cmo yagoo.com tahoo.com yqhoo.com yaboo.com
    yahoo.clm yahoo.co.yk yahoo.ocm icloyd.com icloid.com ixloud.com uicloud.com icloud.vom icloud.comm btintermet.com
    btimternet.com btinternetc.om googlemaul.com virginmedia.cm virgnmedia.com talktlk.net taktalk.net
"""
REAL = """
    gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de orange.fr wanadoo.fr free.fr laposte.net sfr.fr hotmail.fr hotmail.de
    hotmail.it hotmail.es yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.in yahoo.co.in yahoo.ie yahoo.ca yahoo.com.au outlook.fr
    outlook.de outlook.es outlook.ie outlook.in live.fr live.nl live.ie live.ca msn.com me.com mac.com mail.ru yandex.ru inbox.lv
    seznam.cz wp.pl onet.pl o2.pl interia.pl libero.it virgilio.it tin.it alice.it tiscali.it tiscali.co.uk ntlworld.com
    blueyonder.co.uk virgin.net btopenworld.com btconnect.com plus.com plusnet.com zen.co.uk talk21.com tesco.net supanet.com
    lineone.net fsmail.net freeserve.co.uk orange.net o2.co.uk vodafone.net ee.co.uk sky.uk nhs.uk nhs.scot gov.uk parliament.uk
    met.police.uk mod.gov.uk justice.gov.uk bbc.co.uk itv.com ucl.ac.uk kcl.ac.uk ox.ac.uk cam.ac.uk imperial.ac.uk lse.ac.uk
    qmul.ac.uk ed.ac.uk gla.ac.uk man.ac.uk bristol.ac.uk leeds.ac.uk tcd.ie ucd.ie eircom.net fastmail.com fastmail.fm hey.com
    hushmail.com tutanota.com tuta.io tuta.com pm.me proton.me protonmail.ch posteo.de mailbox.org riseup.net disroot.org zoho.com
    zoho.eu aim.com rocketmail.com ymail.co.uk mail.de mail.ch mail.co.uk email.de email.it email.cz gmal.de mailo.com runbox.com
    startmail.com mailfence.com skynet.be sky.be skylab.com telenet.be ziggo.nl kpnmail.nl xs4all.nl planet.nl home.nl bluewin.ch
    hispeed.ch sunrise.ch telia.com comhem.se online.no getmail.no elisa.fi luukku.com otenet.gr comcast.net verizon.net att.net
    sbcglobal.net bellsouth.net cox.net charter.net earthlink.net juno.com shaw.ca rogers.com bigpond.com optusnet.com.au
    iinet.net.au xtra.co.nz rediffmail.com naver.com daum.net qq.com 163.com 126.com sina.com uol.com.br bol.com.br terra.com.br
    globo.com example.org live.se live.dk live.no live.com.au live.com.pt life.com liveline.co.uk iclouds.net cloud.com mee.com
    be.com mi.com aon.com aol.co.uk aol.de aol.fr col.com sly.com skype.com kay.com ski.com me.co.uk mee.co.uk gmx.us gmx.fr gmx.com
    gmz.com amx.com gm.com hp.com bt.com btinternet.net virginmoney.com virginatlantic.com inlook.com lookout.com outlookgroup.com
    yahoo-inc.com yoohoo.com talkspace.com walkntalk.net nhsbt.nhs.uk nhsnet.org emails.com mails.com gmails.org promail.com
    postmail.com hotelmail.com hot-mail.org ymail.org proto.me protein.me photon.me
"""
TOO_FAR = "hotmail.uk btinternet.co.uk nsh.net proton.m lve.co.uk aoll.com"  # slips, too, but as near to what is real


@pytest.mark.parametrize("domain", SLIPS.split())
def test_a_slip_is_asked_about(domain):
    assert did_you_mean(f"someone@{domain}") in MEANT


@pytest.mark.parametrize("domain", [*REAL.split(), *MEANT, *TOO_FAR.split()])
def test_nobody_is_asked_about_a_real_address(domain):
    assert did_you_mean(f"someone@{domain}") == ""


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"), ("GMAIL.CON", "gmail.com"), ("gmail.co.uk", "gmail.com"), ("hotmial.com", "hotmail.com"),
        ("hotmal.co.uk", "hotmail.co.uk"), ("yaho.co.uk", "yahoo.co.uk"), ("outlok.com", "outlook.com"), ("icloud.co", "icloud.com"),
        ("icould.com", "icloud.com"), ("aol.con", "aol.com"), ("", ""),
    ],
)  # fmt: skip
def test_what_is_asked_is_what_was_meant(domain, meant):
    assert did_you_mean(f"someone@{domain}" if domain else "") == meant


def test_the_question_leads_to_the_field_and_back_and_everything_is_kept(harley_street, online):
    walker = Walker().to_check(email="sam@gmial.com", message="A lift, please.")
    check = walker.get("check/")
    assert "Did you mean gmail.com? Change it , or send it as it is." in words(check)
    link = page(check).select_one(".warning a")["href"]
    assert link == "/book/you/#id_email"
    form = page(walker.client.get(link))
    assert form.select_one("#id_email")["value"] == "sam@gmial.com"
    assert form.select_one("#id_message").get_text().strip() == "A lift, please."
    back = walker.you(email="sam@gmail.com", message="A lift, please.")
    assert back.url == "/book/check/"
    assert "Did you mean" not in words(walker.get("check/"))
    assert walker.send().status_code == 303


def test_a_person_may_send_it_as_it_is(harley_street, online):
    assert Walker().to_check(email="sam@gmial.com").send().status_code == 303
