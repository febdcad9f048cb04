//! The simulator's server.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::control;
use super::director::Director;
use super::leads;
use super::line::{Doorway, Knife};
use super::media;
use super::messages::messages;
use super::node::node;
use super::played::Played;
use super::settings::Settings;
use super::templates;

/// A server that speaks as the Graph API does for WhatsApp, and posts webhooks as Meta does, until it is dropped. What it plays is
/// said to its [`Director`], which it can be used as.
#[derive(Debug)]
pub struct Simulator {
    address: SocketAddr,
    director: Director,
    server: JoinHandle<()>,
}

impl Simulator {
    /// Listens on this machine, at any port that is free. It knows no token and no number.
    ///
    /// # Errors
    /// When it can't listen.
    pub async fn start(settings: Settings) -> io::Result<Self> {
        Self::listen((Ipv4Addr::LOCALHOST, 0).into(), settings).await
    }

    /// Listens there. It knows no token and no number.
    ///
    /// # Errors
    /// When it can't listen.
    pub async fn listen(address: SocketAddr, settings: Settings) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        // Who is told is told directly: there is no proxy between Meta and a business.
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let client = client.build().map_err(io::Error::other)?;
        let played = Played::new(settings, format!("http://{address}"), client);
        let doorway = Doorway { listener, gone: played.gone.subscribe() };
        let routes = routes(&played).into_make_service_with_connect_info::<Knife>();
        let server = tokio::spawn(async move {
            // It ends with the task.
            let _ = axum::serve(doorway, routes).await;
        });
        Ok(Self { address, director: Director(played), server })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Says what is played, wherever that is said; it doesn't keep the simulator alive.
    #[must_use]
    pub fn director(&self) -> Director {
        self.director.clone()
    }
}

impl Deref for Simulator {
    type Target = Director;

    fn deref(&self) -> &Director {
        &self.director
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.server.abort();
        self.director.0.gone.send_replace(true);
    }
}

fn routes(played: &Arc<Played>) -> Router {
    let upload = post(media::uploaded).layer(DefaultBodyLimit::max(media::LARGEST_UPLOAD));
    let templates = get(templates::listed).post(templates::created).delete(templates::deleted);
    Router::new()
        .route("/{version}/{id}", get(node))
        .route("/{version}/{id}/messages", post(messages))
        .route("/{version}/{id}/media", upload)
        .route("/{version}/{id}/message_templates", templates)
        .route("/{version}/{id}/leadgen_forms", get(leads::forms))
        .route("/{version}/{id}/leads", get(leads::leads))
        .route("/{version}/{id}/test_leads", post(leads::test_lead))
        .route("/{version}/{id}/subscribed_apps", post(leads::subscribed))
        .route("/_media/{id}", get(media::downloaded))
        .with_state(Arc::clone(played))
        .nest("/_simulator", control::routes(Director(Arc::clone(played))))
}
