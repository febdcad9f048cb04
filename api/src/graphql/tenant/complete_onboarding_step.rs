//! `completeOnboardingStep`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use leadflow_domain::tenant::TenantCommand;

use super::tell::{Asked, TenantOutcome, tell};
use super::types::OnboardingStep;
use crate::graphql::command::answer;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct CompleteOnboardingStep;

/// What `completeOnboardingStep` takes.
#[derive(InputObject)]
struct CompleteOnboardingStepInput {
    /// What is done.
    step: OnboardingStep,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The business's version as you have seen it, `viewer { tenant { version } }`: at any other nothing is done, and the
    /// answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `completeOnboardingStep` answers.
#[derive(SimpleObject)]
struct CompleteOnboardingStepPayload {
    #[graphql(flatten)]
    outcome: TenantOutcome,
}

#[Object]
impl CompleteOnboardingStep {
    /// Says that the business has done something that a new one does, or goes without it. What it says of itself (profile,
    /// branding, hours) is done with the mutation that says it.
    async fn complete_onboarding_step(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: CompleteOnboardingStepInput,
    ) -> Option<Result<CompleteOnboardingStepPayload, Error>> {
        let CompleteOnboardingStepInput { step, idempotency_key, expected_version } = input;
        let command = TenantCommand::CompleteOnboardingStep { step: step.into() };
        let done = tell(context, Asked { idempotency_key, expected_version }, command);
        answer(done, |outcome| CompleteOnboardingStepPayload { outcome }).await
    }
}
