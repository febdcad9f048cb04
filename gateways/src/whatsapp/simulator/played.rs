//! What a simulator knows and remembers, shared by all its requests.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, watch};

use super::chance::Chance;
use super::clock::Clock;
use super::customers::{Customer, Script};
use super::fault::{Answer, Fault};
use super::leads::Pages;
use super::media::Media;
use super::pace::Pace;
use super::refusal::Refusal;
use super::seen::{Outcome, Request, Seen};
use super::settings::{Mishaps, Settings};
use super::statuses::Status;
use super::templates::Templates;
use super::webhooks::BusinessNumber;

/// As many webhooks are on their way at once.
const MOST_POSTS_AT_ONCE: usize = 256;

/// A number of a business.
#[derive(Debug, Clone)]
pub(super) struct Number {
    pub(super) business: BusinessNumber,
    pub(super) verified_name: String,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) seen: Seen,
    /// Repeats with the seed.
    pub(super) chance: Chance,
    /// Never repeats: ids differ between simulators that run beside or after each other.
    pub(super) ids: Chance,
    pub(super) posts_to: Option<String>,
    /// The numbers and pages that each token reaches.
    pub(super) tokens: BTreeMap<String, BTreeSet<String>>,
    /// By Meta's id.
    pub(super) numbers: BTreeMap<String, Number>,
    pub(super) answers: VecDeque<Answer>,
    pub(super) faults: Vec<Fault>,
    pub(super) out: bool,
    /// What happens to statuses on their way.
    pub(super) mishaps: Mishaps,
    /// By the digits WhatsApp knows them by.
    pub(super) customers: HashMap<String, Customer>,
    /// Digits that nobody has on WhatsApp.
    pub(super) nowhere: HashSet<String>,
    /// When a customer last wrote to a number: unix microseconds, by number and user.
    pub(super) wrote: HashMap<(String, String), i64>,
    pub(super) pace: Pace,
    pub(super) scripts: Vec<Script>,
    /// What is due to be told, and waits for more.
    pub(super) gathered: Vec<(String, Status)>,
    pub(super) templates: Templates,
    pub(super) media: Media,
    pub(super) pages: Pages,
}

impl State {
    pub(super) fn number(&self, id: &str) -> Result<&Number, Refusal> {
        self.numbers.get(id).ok_or_else(|| Refusal::unreachable(id))
    }
}

#[derive(Debug)]
pub(super) struct Played {
    pub(super) settings: Settings,
    pub(super) clock: Clock,
    state: Mutex<State>,
    changed: watch::Sender<()>,
    /// True once the simulator is gone.
    pub(super) gone: watch::Sender<bool>,
    pub(super) client: reqwest::Client,
    /// Webhooks that may be on their way at once.
    pub(super) posting: Semaphore,
    /// Where the simulator is reached.
    pub(super) url: String,
}

impl Played {
    pub(super) fn new(settings: Settings, url: String, client: reqwest::Client) -> Arc<Self> {
        let clock = Clock::start(settings.starts_at, settings.clock_stands);
        let port = url.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap_or(0_u64);
        let here = port ^ Clock::start(None, false).micros().cast_unsigned();
        let state = State {
            seen: Seen::default(),
            chance: Chance::of(settings.seed),
            ids: Chance::of(settings.seed ^ Chance::of(here).next()),
            posts_to: settings.posts_to.clone(),
            tokens: BTreeMap::new(),
            numbers: BTreeMap::new(),
            answers: VecDeque::new(),
            faults: Vec::new(),
            out: false,
            mishaps: settings.mishaps,
            customers: HashMap::new(),
            nowhere: HashSet::new(),
            wrote: HashMap::new(),
            pace: Pace::default(),
            scripts: Vec::new(),
            gathered: Vec::new(),
            templates: Templates::default(),
            media: Media::default(),
            pages: Pages::default(),
        };
        let posting = Semaphore::new(MOST_POSTS_AT_ONCE);
        let (changed, gone) = (watch::Sender::new(()), watch::Sender::new(false));
        Arc::new(Self { settings, clock, state: Mutex::new(state), changed, gone, client, posting, url })
    }

    /// What is known, to read or to change; who waits for a change isn't told of it.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what was seen, and tells who waits for it.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let changed = change(&mut self.state());
        self.changed.send_replace(());
        changed
    }

    /// Waits until something holds of what was seen.
    pub(super) async fn until(&self, holds: impl Fn(&Seen) -> bool) {
        let mut changes = self.changed.subscribe();
        loop {
            changes.mark_unchanged();
            if holds(&self.state().seen) || changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// Does something beside, as long as there is a simulator.
    pub(super) fn beside(&self, what: impl Future<Output = ()> + Send + 'static) {
        let mut gone = self.gone.subscribe();
        tokio::spawn(async move {
            tokio::select! {
                () = what => {}
                _ = gone.wait_for(|gone| *gone) => {}
            }
        });
    }

    /// Milliseconds since the start.
    pub(super) fn at(&self) -> u64 {
        self.clock.elapsed() / 1_000
    }

    /// Remembers a request; the way to say later what became of it.
    pub(super) fn requested(&self, request: Request) -> (u64, usize) {
        self.change(|state| {
            state.seen.requests.push(request);
            (state.seen.age, state.seen.requests.len() - 1)
        })
    }

    pub(super) fn became(&self, (age, place): (u64, usize), outcome: Outcome) {
        self.change(|state| {
            if age == state.seen.age
                && let Some(request) = state.seen.requests.get_mut(place)
            {
                request.outcome = outcome;
            }
        });
    }
}
