//! Repeatable chance: SplitMix64 (Steele, Lea and Flood, 2014), whose output is fixed by its definition and so stays
//! the same across versions of every library. Whole numbers only, so that no machine rounds differently.

/// A stream of numbers that depends on its seed alone.
#[derive(Clone)]
pub(super) struct Rng {
    state: u64,
}

/// A log-normal size (sigma 0.75) at every twentieth of probability, in percent of the median.
const LOG_NORMAL_PERCENT: [i64; 21] =
    [20, 29, 38, 46, 53, 60, 68, 75, 83, 91, 100, 110, 121, 134, 148, 166, 188, 218, 262, 343, 520];

/// How many places between the smallest and the largest size are told apart.
const SIZES: usize = 20_000;

/// The golden section of [`SIZES`]: steps of this length fill the range evenly, however many are taken.
const SIZE_STEP: usize = 12_361;

/// Draws of which every run of a few covers the whole distribution: a month's sum then follows the number of deals in
/// it and not the luck of one.
pub(super) struct EvenDraw {
    place: usize,
}

impl EvenDraw {
    pub(super) fn new(rng: &mut Rng) -> Self {
        Self { place: rng.below(SIZES) }
    }

    fn next(&mut self) -> usize {
        self.place = (self.place + SIZE_STEP) % SIZES;
        self.place
    }

    /// A size with the given median, as [`Rng::log_normal`] draws it.
    pub(super) fn size(&mut self, median: i64) -> i64 {
        log_normal_at(median, self.next())
    }

    /// The place of one weight, as [`Rng::weighted`] draws it.
    pub(super) fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let total: usize = weights.clone().map(|weight| weight as usize).sum();
        place_of(weights, self.next() * total / SIZES)
    }
}

fn place_of(weights: impl Iterator<Item = u32>, mut left: usize) -> usize {
    for (at, weight) in weights.enumerate() {
        let weight = weight as usize;
        if left < weight {
            return at;
        }
        left -= weight;
    }
    0
}

fn log_normal_at(median: i64, place: usize) -> i64 {
    let (step, within) = (place / 1_000, i64::try_from(place % 1_000).unwrap_or_default());
    let (low, high) = (LOG_NORMAL_PERCENT[step], LOG_NORMAL_PERCENT[step + 1]);
    median * (low * 1_000 + (high - low) * within) / 100_000
}

/// Answers that come true as often as asked, spread evenly: a probability that is not used up waits for the next
/// question (systematic sampling).
pub(super) struct EvenChance {
    saved: i32,
}

impl EvenChance {
    pub(super) fn new(rng: &mut Rng) -> Self {
        Self { saved: rng.between(0, 999) }
    }

    pub(super) fn take(&mut self, per_mille: i32) -> bool {
        self.saved += per_mille;
        let comes_true = self.saved >= 1_000;
        if comes_true {
            self.saved -= 1_000;
        }
        comes_true
    }
}

impl Rng {
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// An independent stream for one part of the world: a change in one part leaves the others as they were.
    pub(super) fn fork(&self, label: &str) -> Self {
        let hash = label
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        let mut forked = Self { state: self.state ^ hash };
        forked.next();
        forked
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// 0 to `bound` − 1; 0 for an empty range.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let high = (u128::from(self.next()) * bound as u128) >> 64;
        usize::try_from(high).unwrap_or_default()
    }

    /// `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i32, high: i32) -> i32 {
        let width = usize::try_from(i64::from(high) - i64::from(low) + 1).unwrap_or(1);
        low.saturating_add(i32::try_from(self.below(width)).unwrap_or_default())
    }

    /// `low` to `high`, more often near the middle.
    pub(super) fn around(&mut self, low: i32, high: i32) -> i32 {
        let first = i64::from(self.between(low, high));
        let second = i64::from(self.between(low, high));
        i32::try_from((first + second) / 2).unwrap_or(low)
    }

    /// True `per_mille` times in a thousand.
    pub(super) fn chance(&mut self, per_mille: i32) -> bool {
        self.between(1, 1_000) <= per_mille
    }

    /// One of the given, which are never none.
    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// The place of one weight, each as often as its weight says.
    pub(super) fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let total: usize = weights.clone().map(|weight| weight as usize).sum();
        place_of(weights, self.below(total))
    }

    /// A size with the given median and a long tail upwards.
    pub(super) fn log_normal(&mut self, median: i64) -> i64 {
        log_normal_at(median, self.below(SIZES))
    }

    /// The pattern with a digit for every `#` and a capital letter for every `@`.
    pub(super) fn fill(&mut self, pattern: &str) -> String {
        pattern
            .chars()
            .map(|sign| match sign {
                '#' => char::from(b'0' + u8::try_from(self.below(10)).unwrap_or_default()),
                '@' => self.pick(&['A', 'B', 'D', 'E', 'H', 'K', 'L', 'N', 'P', 'R', 'T', 'W']),
                other => other,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_the_published_one() {
        let mut rng = Rng::new(1_234_567);
        let first: Vec<u64> = (0..3).map(|_| rng.next()).collect();
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn forks_of_different_labels_differ_and_of_one_label_agree() {
        let root = Rng::new(7);
        assert_eq!(root.fork("a").next(), root.fork("a").next());
        assert_ne!(root.fork("a").next(), root.fork("b").next());
    }

    #[test]
    fn draws_stay_inside_their_range() {
        let mut rng = Rng::new(9);
        for _ in 0..2_000 {
            assert!((-3..=4).contains(&rng.between(-3, 4)));
            assert!((-3..=4).contains(&rng.around(-3, 4)));
            assert!((20..=520).contains(&rng.log_normal(100)));
            assert_ne!(rng.weighted([3, 0, 5].into_iter()), 1);
        }
        assert_eq!(rng.below(0), 0);
    }

    #[test]
    fn even_draws_keep_their_promise_in_every_short_run() {
        let mut rng = Rng::new(5);
        let (mut sizes, mut chance) = (EvenDraw::new(&mut rng), EvenChance::new(&mut rng));
        for _ in 0..50 {
            let below = (0..20).filter(|_| sizes.size(1_000) < 1_000).count();
            assert!((8..=12).contains(&below), "{below}");
            let came_true = (0..20).filter(|_| chance.take(300)).count();
            assert!((5..=7).contains(&came_true), "{came_true}");
        }
    }

    #[test]
    fn half_of_all_sizes_lie_below_the_median() {
        let mut rng = Rng::new(11);
        let below = (0..10_000).filter(|_| rng.log_normal(10_000) < 10_000).count();
        assert!((4_800..5_200).contains(&below), "{below}");
    }
}
