//! What is behind lines of usage: a page that is asked for of every line is read for all of them at once.

use std::collections::HashMap;

use async_graphql::{Context, Error, ID, Lookahead};
use leadflow_projections::PageRequest;
use leadflow_projections::usage::{self, CountedRow, LineKey, UsageLine as Line};

use super::line_id;
use super::types::UsageEvent;
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, List, Scope, Window, connection};
use crate::graphql::failure::{internal, too_complex};
use crate::graphql::pages::windows_of;

/// Most events of a page of all lines.
const MOST_EVENTS: usize = 10_000;

/// The pages that were asked for of every line of an answer.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Explained {
    pages: Vec<Page>,
}

/// The same page of several lines, or why it could not be read.
#[derive(Debug)]
struct Page {
    request: PageRequest,
    /// Where in `rows` each line's are.
    lines: HashMap<ID, usize>,
    rows: Result<Vec<Vec<CountedRow>>, Error>,
}

impl Explained {
    /// What `selected`, a selection of a line, asks for of `lines`: a statement for each different page.
    ///
    /// # Errors
    /// When more different pages are asked for than may be.
    pub(super) async fn of(context: &Context<'_>, lines: &[Line], selected: &Lookahead<'_>) -> Result<Self, Error> {
        let mut pages: Vec<Page> = vec![];
        for window in windows_of(selected, "explain")? {
            // A cursor belongs to one line: the page is read for that, and the others refuse it.
            let asked = |line: &Line| window.page(scope(&line_id::id(&line.key))).ok();
            let Some(request) = lines.iter().find_map(asked) else { continue };
            let lines: Vec<&Line> = lines.iter().filter(|line| asked(line) == Some(request)).collect();
            pages.push(Page::read(context, &lines, request).await);
        }
        Ok(Self { pages })
    }

    /// A page of one line: of what was read, or else by itself.
    pub(super) async fn page(
        &self,
        context: &Context<'_>,
        id: &ID,
        line: &Line,
        window: &Window,
    ) -> Result<Connection<UsageEvent>, Error> {
        let scope = scope(id);
        let request = window.page(scope)?;
        let known = self.pages.iter().find(|page| page.request == request && page.lines.contains_key(id));
        let rows = match known {
            Some(page) => page.of(id)?,
            None => Page::read(context, &[line], request).await.of(id)?,
        };
        let rows = rows.into_iter().map(|row| (row.keyset(), UsageEvent::new(line.key.item.into(), &row)));
        Ok(connection(scope, request, rows, Some(line.rows)))
    }
}

impl Page {
    async fn read(context: &Context<'_>, lines: &[&Line], request: PageRequest) -> Self {
        let rows = read(context, lines, request).await;
        let lines = lines.iter().enumerate().map(|(nth, line)| (line_id::id(&line.key), nth)).collect();
        Self { request, lines, rows }
    }

    fn of(&self, line: &ID) -> Result<Vec<CountedRow>, Error> {
        let rows = self.rows.as_ref().map_err(Clone::clone)?;
        Ok(self.lines.get(line).and_then(|nth| rows.get(*nth)).cloned().unwrap_or_default())
    }
}

fn scope(line: &ID) -> Scope {
    List::UsageEvents.narrowed(line)
}

async fn read(context: &Context<'_>, lines: &[&Line], page: PageRequest) -> Result<Vec<Vec<CountedRow>>, Error> {
    if lines.len().saturating_mul(page.size as usize) > MOST_EVENTS {
        let (lines, each) = (lines.len(), MOST_EVENTS / lines.len().max(1));
        return Err(too_complex(&format!(
            "`explain` of {lines} lines may be of {each} events each: ask for fewer days"
        )));
    }
    let request = Request::of(context)?;
    let keys: Vec<&LineKey> = lines.iter().map(|line| &line.key).collect();
    usage::counted(&request.api.reads, request.viewer.context(), &keys, page)
        .await
        .map_err(|error| internal("usage.lines.explain", &error))
}
