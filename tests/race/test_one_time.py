"""Fifty people, one time: exactly as many get it as the clinic has room for, and the others are asked to choose again."""

import pytest

from bookings.models import ConsultationHours, Enquiry
from tests.race.conftest import PLACE
from tests.race.crowd import TAKEN, all_at_once, all_walk, holds_are_whole, most_at_once, overlapping_pairs, requests, split, stored

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_of_fifty_people_one_gets_the_time_and_the_others_keep_their_answers(crowd, slot):
    all_walk(crowd, PLACE, lambda visitor: slot)

    winners, losers = split(crowd, all_at_once(crowd))

    assert [answer.status for _, answer in losers] == [409] * 49
    assert len(winners) == 1
    assert stored() == requests(1)
    assert overlapping_pairs() == 0
    assert holds_are_whole()
    for visitor, answer in losers:
        assert TAKEN in answer.text
        assert slot not in answer.slots
        form = visitor.ask("/book/you/").text
        assert visitor.you["name"] in form
        assert visitor.you["email"] in form
        assert visitor.you["message"] in form
    winner, answer = winners[0]
    assert Enquiry.objects.get().get_absolute_url() == answer.location
    assert "The time we hold for you" in winner.ask(answer.location).text


def test_who_was_too_late_chooses_another_time_and_sends_without_typing_again(crowd, slot):
    few = crowd[:4]
    all_walk(few, PLACE, lambda visitor: slot)
    winners, losers = split(few, all_at_once(few))
    offered = losers[0][1].slots[: len(losers)]  # the same closest times are shown to each of them

    for (visitor, answer), other in zip(losers, offered, strict=True):
        assert other in answer.slots
        assert visitor.go("/book/when/", slot=other).location == "/book/check/"
        assert visitor.read_last_page().send().status == 303

    assert stored() == requests(4)
    sent = Enquiry.objects.exclude(email=winners[0][0].you["email"])
    told = sorted((enquiry.name, enquiry.email, enquiry.message) for enquiry in sent)
    assert told == sorted((visitor.you["name"], visitor.you["email"], visitor.you["message"]) for visitor, _ in losers)


def test_with_room_for_three_exactly_three_get_the_time(crowd, slot):
    for row in ConsultationHours.objects.filter(location__slug=PLACE):
        row.at_once = 3
        row.save()
    all_walk(crowd, PLACE, lambda visitor: slot)

    winners, losers = split(crowd, all_at_once(crowd))

    assert [answer.status for _, answer in losers] == [409] * 47
    assert all(TAKEN in answer.text for _, answer in losers)
    assert len(winners) == 3
    assert stored() == requests(3)
    assert overlapping_pairs() == 0
    assert most_at_once() == 3
    assert holds_are_whole()
    assert slot not in crowd[0].free_times(PLACE)
