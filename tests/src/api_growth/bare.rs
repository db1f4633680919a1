//! The statements of one request, sent again by a client that does nothing else.

use anyhow::bail;
use futures::FutureExt;
use futures::future::{Shared, join_all};

use crate::recorder::Statement;

/// Statements, and which of them each waited for.
#[derive(Debug)]
pub(super) struct Bare(Vec<(Statement, Vec<usize>)>);

impl Bare {
    /// A statement that began after others were answered may have needed their answers, so it waits for them again.
    pub(super) fn new(mut statements: Vec<Statement>) -> Self {
        statements.sort_by_key(|statement| statement.began);
        let waits_for = |statement: &Statement| {
            let before = statements.iter().enumerate().filter(|(_, other)| other.ended <= statement.began);
            before.map(|(index, _)| index).collect()
        };
        let waits: Vec<Vec<usize>> = statements.iter().map(waits_for).collect();
        Self(statements.into_iter().zip(waits).collect())
    }

    /// Sends all to ClickHouse at `url`, together those that were sent together.
    pub(super) async fn send(&self, http: &reqwest::Client, url: &str) -> anyhow::Result<()> {
        let mut sent: Vec<Shared<_>> = Vec::new();
        for (statement, waits_for) in &self.0 {
            let before: Vec<_> = waits_for.iter().map(|index| sent[*index].clone()).collect();
            let send = async move {
                join_all(before).await;
                statement.send(http, url).await.map_err(|error| error.to_string())
            };
            sent.push(send.boxed().shared());
        }
        match join_all(sent).await.into_iter().find_map(Result::err) {
            Some(error) => bail!(error),
            None => Ok(()),
        }
    }
}
