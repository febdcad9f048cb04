//! What a report reads: a statement for each kind of metric that is asked for, all at once. A kind that can't be read leaves the
//! others as they are.

use async_graphql::Error;
use jiff::Timestamp;
use leadflow_projections::analytics::{
    Answer, BadQuestion, Calendar, Distinct, Measure, Question, Resolved, Series, counts, durations, resolved,
};

use super::cell::{Cell, narrowed};
use super::figures::MetricFigures;
use super::question::Asked;
use super::report::{MetricBucket, MetricSeries};
use crate::graphql::api::Request;
use crate::graphql::failure::{bad_input, internal, too_complex};

/// The series of each metric, or why there are none.
pub(super) async fn answers(
    request: &Request,
    question: &Question<'_>,
    asked: &[Asked],
) -> Vec<Result<Vec<MetricSeries>, Error>> {
    let (reads, viewer) = (&request.api.reads, request.viewer.context());
    let (mut counted, mut measured, mut of_resolved) = (vec![], vec![], false);
    for Asked { measure, version, .. } in asked {
        match measure {
            Measure::Count(count) => counted.push(*count),
            Measure::Duration(metric) => measured.push((*metric, *version)),
            Measure::Distinct(Distinct::ConversationsResolved | Distinct::ContactsServed) => of_resolved = true,
        }
    }
    let different = async { if of_resolved { resolved(reads, viewer, question).await } else { Ok(Ok(vec![])) } };
    let (numbers, times, different) = tokio::join!(
        counts(reads, viewer, question, &counted),
        durations(reads, viewer, question, &measured),
        different
    );
    let failed = |error: sqlx::Error| internal("analytics", &error);
    let mut numbers = each(numbers.map_err(failed), counted.len());
    let mut times = each(
        times.map_err(|error| match error {
            BadQuestion::NoSuchDefinition { .. } => bad_input("definition", &error.to_string()),
            BadQuestion::Database(cause) => failed(cause),
        }),
        measured.len(),
    );
    let different = different.map_err(failed).and_then(fits);
    let series = |asked: &Asked| match asked.measure {
        Measure::Count(_) => Some(made(asked, question, numbers.next()?, MetricFigures::number)),
        Measure::Duration(_) => Some(made(asked, question, times.next()?, MetricFigures::durations)),
        Measure::Distinct(distinct) => {
            let figures = |cell, Resolved { conversations, contacts }: Resolved| match distinct {
                Distinct::ConversationsResolved => MetricFigures::number(cell, conversations),
                Distinct::ContactsServed => MetricFigures::number(cell, contacts),
            };
            Some(made(asked, question, different.clone(), figures))
        }
    };
    asked.iter().filter_map(series).collect()
}

/// What one statement said of each of so many metrics; if it failed, it did for each.
fn each<T>(answers: Result<Vec<Answer<T>>, Error>, asked: usize) -> std::vec::IntoIter<Result<Vec<Series<T>>, Error>> {
    let answers: Vec<_> = match answers {
        Ok(answers) => answers.into_iter().map(fits).collect(),
        Err(failure) => (0..asked).map(|_| Err(failure.clone())).collect(),
    };
    answers.into_iter()
}

fn fits<T>(answer: Answer<T>) -> Result<Vec<Series<T>>, Error> {
    answer.map_err(|too_much| too_complex(&too_much.to_string()))
}

fn made<T>(
    asked: &Asked,
    question: &Question<'_>,
    series: Result<Vec<Series<T>>, Error>,
    figures: impl Fn(Cell, T) -> MetricFigures,
) -> Result<Vec<MetricSeries>, Error> {
    let of_one = |Series { group, total, values }: Series<T>| {
        let filter = narrowed(question.filter, group);
        let in_time = |(from, until), value| figures(Cell::new(asked, (from, until), filter), value);
        MetricSeries {
            group: group.into(),
            total: total.map(|total| in_time(question.calendar.range(), total)),
            buckets: times(question.calendar)
                .zip(values)
                .map(|((from, until), value)| MetricBucket { from, until, figures: in_time((from, until), value) })
                .collect(),
        }
    };
    Ok(series?.into_iter().map(of_one).collect())
}

/// From when until when each bucket is.
fn times(calendar: &Calendar) -> impl Iterator<Item = (Timestamp, Timestamp)> {
    let (_, end) = calendar.range();
    let starts = calendar.buckets();
    starts.iter().copied().zip(starts.iter().skip(1).copied().chain([end]))
}
