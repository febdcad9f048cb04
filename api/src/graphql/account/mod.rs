//! Accounts: how people come in, stay in and go out. What stands here is executed for nobody, or for a member herself.

mod accept_invitation;
mod begin_oidc_sign_in;
mod begin_second_factor;
mod change_password;
mod confirm_second_factor;
mod disable_second_factor;
mod finish_oidc_sign_in;
mod herself;
mod oidc_providers;
mod outcome;
mod refresh_session;
mod register;
mod request_password_reset;
mod reset_password;
mod revoke_session;
mod sessions;
mod sign_in;
mod sign_out;
#[cfg(test)]
mod tests;
mod verify_email;

use super::edge::Open;

pub(super) use accept_invitation::AcceptInvitation;
pub(super) use begin_oidc_sign_in::BeginOidcSignIn;
pub(super) use begin_second_factor::BeginSecondFactor;
pub(super) use change_password::ChangePassword;
pub(super) use confirm_second_factor::ConfirmSecondFactor;
pub(super) use disable_second_factor::DisableSecondFactor;
pub(super) use finish_oidc_sign_in::FinishOidcSignIn;
pub(super) use oidc_providers::OidcProviderQueries;
pub(super) use refresh_session::RefreshSession;
pub(super) use register::Register;
pub(super) use request_password_reset::RequestPasswordReset;
pub(super) use reset_password::ResetPassword;
pub(super) use revoke_session::RevokeSession;
pub(super) use sessions::SessionQueries;
pub(super) use sign_in::SignIn;
pub(super) use sign_out::SignOut;
pub(super) use verify_email::VerifyEmail;

/// What is executed for nobody: each mutation leads to a token, or to a letter that does, and the query to where one is had.
pub(super) const OPEN: Open = Open {
    queries: &["oidcProviders"],
    mutations: &[
        "acceptInvitation",
        "beginOidcSignIn",
        "finishOidcSignIn",
        "refreshSession",
        "register",
        "requestPasswordReset",
        "resetPassword",
        "signIn",
        "verifyEmail",
    ],
};
