//! Every decision of a run, so that a seed or a list of numbers reproduces it exactly. Zero is always the harmless one.

/// Where decisions come from, and which were made.
#[derive(Debug, Clone)]
pub(super) struct Choices {
    source: Source,
    /// The decisions made so far.
    pub(super) made: Vec<u32>,
    /// What happened, in words, when somebody wants to read it.
    pub(super) story: Option<Vec<String>>,
}

#[derive(Debug, Clone)]
enum Source {
    Seed(u64),
    Recorded(Vec<u32>),
}

impl Choices {
    pub(super) const fn seeded(seed: u64) -> Self {
        // Neighbouring seeds would otherwise begin alike.
        let state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def1;
        Self { source: Source::Seed(state), made: Vec::new(), story: None }
    }

    /// Once the list has ended, every further decision is the harmless one.
    pub(super) const fn recorded(list: Vec<u32>) -> Self {
        Self { source: Source::Recorded(list), made: Vec::new(), story: Some(Vec::new()) }
    }

    /// One of `0..options`.
    pub(super) fn below(&mut self, options: usize) -> usize {
        let options = u32::try_from(options.max(1)).expect("few options");
        let chosen = match &mut self.source {
            Source::Seed(state) => next(state) % options,
            Source::Recorded(list) => list.get(self.made.len()).copied().unwrap_or(0).min(options - 1),
        };
        self.made.push(chosen);
        chosen as usize
    }

    /// Whether something happens that is to happen `share` times of 256.
    pub(super) fn happens(&mut self, share: u8) -> bool {
        if share == 0 {
            return false;
        }
        // So that zero stays "no".
        self.below(256) >= 256 - usize::from(share)
    }

    /// Notes what happened.
    pub(super) fn tell(&mut self, what: impl FnOnce() -> String) {
        if let Some(story) = &mut self.story {
            story.push(what());
        }
    }
}

/// SplitMix64.
fn next(state: &mut u64) -> u32 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) >> 32) as u32
}
