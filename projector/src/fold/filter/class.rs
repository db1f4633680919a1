//! What the lists of a definition say of an actor (rule 23): the one thing that decides and is not in the event.

use std::sync::{Arc, LazyLock};

use loupe_schemas::definition::{self, Definition};
use loupe_schemas::event::Actor;
use regex::RegexSet;
use rustc_hash::FxHashSet;

/// What a user agent says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UserAgentClass {
    /// It says nothing.
    Empty,
    /// It previews links.
    Previewer,
    /// It scans mail.
    Scanner,
    /// It is a robot.
    Robot,
    /// A person's browser, as far as one can tell.
    Browser,
}

/// What the lists say of an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ActorClass {
    /// Its user agent.
    pub user_agent: UserAgentClass,
    /// Whether its address is a data centre's.
    pub is_data_center: bool,
}

impl ActorClass {
    /// The class of an event without an actor.
    pub const NOBODY: Self = Self { user_agent: UserAgentClass::Empty, is_data_center: false };

    /// The class of an actor by the lists of the current definition.
    #[must_use]
    pub fn of(actor: &Actor) -> Self {
        CURRENT.class_of(actor)
    }
}

/// The lists of one definition, made ready to be asked. A clone is cheap.
#[derive(Debug, Clone)]
pub struct Lists(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    previewers: Vec<String>,
    scanners: Vec<String>,
    robot_words: Vec<String>,
    crawlers: RegexSet,
    data_centers: FxHashSet<u32>,
}

static CURRENT: LazyLock<Lists> = LazyLock::new(|| Lists::of(definition::current()));

/// The lists of the current definition.
impl Default for Lists {
    fn default() -> Self {
        CURRENT.clone()
    }
}

impl Lists {
    /// The lists of a definition.
    ///
    /// # Panics
    /// The pinned list of crawlers holds a pattern that is none, which a test rules out.
    #[must_use]
    pub fn of(definition: &Definition) -> Self {
        let lists = &definition.lists;
        Self(Arc::new(Compiled {
            previewers: lists.previewers.clone(),
            scanners: lists.scanners.clone(),
            robot_words: lists.robot_words.clone(),
            crawlers: RegexSet::new(&lists.crawlers.patterns)
                .expect("the pinned list holds valid patterns: a test compiles it"),
            data_centers: lists.data_centers.iter().map(|data_center| data_center.asn).collect(),
        }))
    }

    /// The class of an actor.
    #[must_use]
    pub fn class_of(&self, actor: &Actor) -> ActorClass {
        let user_agent = self.user_agent(&actor.user_agent);
        ActorClass { user_agent, is_data_center: self.is_data_center(actor) }
    }

    /// Whether the actor's address is a data centre's, by its autonomous system.
    #[must_use]
    pub fn is_data_center(&self, actor: &Actor) -> bool {
        actor.asn.is_some_and(|asn| self.0.data_centers.contains(&asn))
    }

    /// Classifies a user agent. The same text always has the same class, so callers may remember it.
    #[must_use]
    pub fn user_agent(&self, user_agent: &str) -> UserAgentClass {
        if user_agent.is_empty() {
            return UserAgentClass::Empty;
        }
        let lower = user_agent.to_ascii_lowercase();
        let names = |words: &[String]| words.iter().any(|word| lower.contains(word));
        if names(&self.0.previewers) {
            UserAgentClass::Previewer
        } else if names(&self.0.scanners) {
            UserAgentClass::Scanner
        } else if names(&self.0.robot_words) || self.0.crawlers.is_match(user_agent) {
            UserAgentClass::Robot
        } else {
            UserAgentClass::Browser
        }
    }

    /// A user agent that says no more than which class another is of, by these lists.
    #[must_use]
    pub fn nameless(&self, user_agent: &str) -> String {
        let class = self.user_agent(user_agent);
        let (usual, words): (_, &[String]) = match class {
            UserAgentClass::Empty => return String::new(),
            UserAgentClass::Previewer => ("erased whatsapp", &self.0.previewers),
            UserAgentClass::Scanner => ("erased mimecast", &self.0.scanners),
            UserAgentClass::Robot => ("erased crawl", &self.0.robot_words),
            UserAgentClass::Browser => ("erased", &[]),
        };
        // A definition may name other words than the usual ones.
        let others = words.iter().map(|word| format!("erased {word}"));
        let mut all = std::iter::once(usual.to_owned()).chain(others);
        all.find(|text| self.user_agent(text) == class).unwrap_or_else(|| usual.to_owned())
    }
}
