"""The choice of pictures, as arithmetic on time stamps."""

from fractions import Fraction
from itertools import accumulate, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from emotionkit.video.sampling import SLACK, Timed, sampled

RATES = st.fractions(min_value=Fraction(1, 20), max_value=60, max_denominator=100)
GAPS = st.one_of(
    st.fractions(min_value=Fraction(1, 1000), max_value=Fraction(1, 5), max_denominator=90000),
    st.fractions(min_value=Fraction(1, 2), max_value=90, max_denominator=1000),
)


@st.composite
def recordings(draw):
    """Pictures at irregular times, with stalls, that start early or late."""
    start = draw(st.fractions(min_value=0, max_value=5, max_denominator=90000))
    times = list(accumulate(draw(st.lists(GAPS, max_size=30)), initial=start))
    last = draw(st.fractions(min_value=0, max_value=2, max_denominator=1000))
    ends = [*times[1:], times[-1] + last]
    return [Timed(pts, end, index) for index, (pts, end) in enumerate(zip(times, ends, strict=True))]


def at(*times):
    stamps = [Fraction(time) for time in times]
    return [Timed(pts, pts + Fraction(1, 10), str(pts)) for pts in stamps]


def chosen(pictures, rate):
    return [sample.pts for sample in sampled(pictures, Fraction(rate))]


@given(recordings(), RATES)
@settings(max_examples=60)
def test_the_weights_last_from_sample_to_sample_and_sum_exactly_to_the_time_that_was_seen(pictures, rate):
    samples = list(sampled(pictures, rate))
    assert all(one.pts + one.weight == other.pts for one, other in pairwise(samples))
    assert sum(sample.weight for sample in samples) == pictures[-1].end - pictures[0].pts


@given(recordings(), RATES)
@settings(max_examples=60)
def test_a_picture_is_chosen_when_it_reaches_the_next_grid_time(pictures, rate):
    expected, due = [], None
    for picture in pictures:
        if due is None or picture.pts + SLACK >= due:
            expected.append((picture.picture, picture.pts))
            due = next(k for k in range(int(picture.pts * rate), 10**9) if k / rate > picture.pts + SLACK) / rate
    assert [(sample.picture, sample.pts) for sample in sampled(pictures, rate)] == expected


def test_a_steady_video_is_sampled_on_the_grid():
    assert chosen(at(*[Fraction(k, 25) for k in range(50)]), 5) == [Fraction(k, 5) for k in range(10)]


def test_where_the_grid_falls_between_pictures_the_next_one_is_taken_and_nothing_drifts():
    times = chosen(at(*[Fraction(k, 25) for k in range(75)]), 2)
    assert times == [0, Fraction(13, 25), 1, Fraction(38, 25), 2, Fraction(63, 25)]


def test_a_stall_gives_one_sample_and_no_burst_after_it():
    pictures = at("0", "0.1", "0.2", "3.3", "3.4", "3.5", "3.6")
    samples = list(sampled(pictures, Fraction(2)))
    assert [(sample.pts, sample.weight) for sample in samples] == [
        (0, Fraction("3.3")),
        (Fraction("3.3"), Fraction("0.2")),
        (Fraction("3.5"), Fraction("0.2")),
    ]


def test_the_first_picture_is_chosen_though_it_comes_late_and_the_grid_stays():
    assert chosen(at("0.7", "0.9", "1", "1.1"), 1) == [Fraction("0.7"), 1]


def test_times_rounded_to_milliseconds_still_reach_their_grid_time():
    thirty_per_second = at(*[Fraction(round(k * 1000 / 30), 1000) for k in range(30)])
    assert len(chosen(thirty_per_second, 30)) == 30
    assert len(chosen(thirty_per_second, 3)) == 3
    assert chosen(thirty_per_second, 3)[1] == Fraction("0.333")


def test_of_one_picture_the_weight_is_its_duration():
    (sample,) = sampled(at("4"), Fraction(2))
    assert (sample.pts, sample.weight, sample.picture) == (4, Fraction(1, 10), "4")


def test_an_end_before_its_picture_gives_no_negative_weight():
    (sample,) = sampled([Timed(Fraction(3), Fraction(2), None)], Fraction(1))
    assert sample.weight == 0


def test_no_pictures_give_no_samples():
    assert list(sampled([], Fraction(2))) == []


def test_pictures_are_taken_one_by_one_as_samples_are_asked_for():
    taken = []

    def endless():
        for second in range(10**9):
            taken.append(second)
            yield Timed(Fraction(second), Fraction(second + 1), second)

    samples = sampled(endless(), Fraction(1))
    assert [next(samples).picture for _ in range(3)] == [0, 1, 2]
    assert taken == [0, 1, 2, 3]
