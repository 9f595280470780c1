"""What staff are asked before a step that tells somebody something."""

from django import forms

from bookings import actions
from bookings.models import Enquiry


class AnswerForm(forms.Form):
    """A step on one request; `act` takes it."""

    def __init__(self, *args, enquiry: Enquiry, **kwargs):
        super().__init__(*args, **kwargs)
        self.enquiry = enquiry


class ConfirmForm(AnswerForm):
    """Asks for what the confirmation must say and the site does not know yet."""

    address = forms.CharField(
        label="Address",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="There is no address for this place yet, and the confirmation must name one. It is kept with the place for next time.",
    )
    video_link = forms.URLField(
        label="Video link", required=False, assume_scheme="https", help_text="Leave it empty to send it later: the email then says so."
    )

    def __init__(self, *args, enquiry: Enquiry, **kwargs):
        super().__init__(*args, enquiry=enquiry, **kwargs)
        if enquiry.location.is_online or enquiry.location.address:
            del self.fields["address"]
        if not enquiry.location.is_online:
            del self.fields["video_link"]

    def act(self, *, user, now) -> None:
        actions.confirm(
            self.enquiry,
            user=user,
            now=now,
            video_link=self.cleaned_data.get("video_link", ""),
            address=self.cleaned_data.get("address", ""),
        )


class VideoLinkForm(AnswerForm):
    video_link = forms.URLField(label="Video link", assume_scheme="https")

    def act(self, *, user, now) -> None:
        actions.send_video_link(self.enquiry, video_link=self.cleaned_data["video_link"], user=user, now=now)


class DeclineForm(AnswerForm):
    reason = forms.ChoiceField(
        choices=Enquiry.DeclineReason.choices,
        widget=forms.RadioSelect,
        help_text="The person is told kindly, with other places to turn to, and never the reason in these words. Spam gets no message.",
    )

    def act(self, *, user, now) -> None:
        actions.decline(self.enquiry, reason=self.cleaned_data["reason"], user=user, now=now)
