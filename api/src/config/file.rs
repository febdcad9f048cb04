//! Reading the layers.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use config::{Environment, File, FileFormat};
use thiserror::Error;

use super::{Config, SecretText};

/// The lowest layer, and the documentation of all keys.
pub const DEFAULT: &str = include_str!("../../leadflow.default.toml");

/// The database with a login of its own for the API's reads.
const API_DATABASE_URL: &str = "LEADFLOW_API_DATABASE_URL";

/// Variables with our prefix that are no keys: one names the file, one is never in a file, the others are the test
/// suite's.
const NO_KEYS: [&str; 5] =
    ["LEADFLOW_CONFIG", API_DATABASE_URL, "LEADFLOW_REQUIRE_ALL", "LEADFLOW_REGENERATE", "LEADFLOW_TESTS_SEED"];

/// What flags say, over everything else.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--config`.
    pub file: Option<PathBuf>,
    /// `--data-dir`.
    pub data_dir: Option<PathBuf>,
    /// `--listen`.
    pub listen: Option<SocketAddr>,
}

/// Why there is no configuration.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// A layer has an unknown key, or a value of another type.
    #[error("the configuration can't be read; `leadflow config --default` shows every key")]
    Unreadable(#[from] config::ConfigError),
    /// A private server knows no other login than ours.
    #[error("LEADFLOW_API_DATABASE_URL is set without DATABASE_URL; it is another login to the database of that one")]
    ApiLoginAlone,
    /// An app's secret is changed to nothing.
    #[error("{variable}_PREVIOUS is set without {variable}; it is the secret before that one")]
    PreviousSecretAlone {
        /// How the environment spells the present one.
        variable: String,
    },
    /// A client is known by its id, and shows its secret.
    #[error("google_client_id and google_client_secret belong together; one of them is not set")]
    HalfAClient,
    /// It would be a secret that everybody knows.
    #[error("{key} is blank")]
    BlankSecret {
        /// The key.
        key: String,
    },
    /// An app or a provider is not a table.
    #[error("{key} is no table; `leadflow config --default` shows what belongs in it")]
    NoTable {
        /// The key.
        key: String,
    },
    /// A number is out of its range.
    #[error("{key} is {value}; it must be {least} to {most}")]
    OutOfRange {
        /// The key.
        key: &'static str,
        /// Its value.
        value: u64,
        /// The least it may be.
        least: u64,
        /// The most it may be.
        most: u64,
    },
}

/// Reads the layers: the default, the file, `environment`, `flags`.
///
/// # Errors
/// [`ConfigError`], naming the key.
pub fn load(environment: &HashMap<String, String>, flags: &Overrides) -> Result<Config, ConfigError> {
    // An empty variable is an unset one: that is how shells and deployments spell "none".
    let environment: HashMap<&str, &str> = environment
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let mut layers = config::Config::builder().add_source(File::from_str(DEFAULT, FileFormat::Toml));
    if let Some(path) = flags.file.clone().or_else(|| environment.get("LEADFLOW_CONFIG").map(PathBuf::from)) {
        layers = layers.add_source(File::from(path.as_path()).format(FileFormat::Toml));
    } else if let Some(path) = file_in_data_dir(&environment, flags) {
        layers = layers.add_source(File::from(path.as_path()).format(FileFormat::Toml).required(false));
    }
    let ours: HashMap<String, String> = environment
        .iter()
        .filter(|(name, _)| name.starts_with("LEADFLOW_") && !NO_KEYS.contains(name) && !is_service_link(name))
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    // Two underscores lead into a table.
    let variables = Environment::with_prefix("LEADFLOW").prefix_separator("_").separator("__");
    layers = layers.add_source(variables.source(Some(ours)));
    let layers = layers.build()?;
    refuse_what_is_no_table(&layers, "meta_apps")?;
    refuse_what_is_no_table(&layers, "oidc")?;
    let mut config: Config = layers.try_deserialize()?;
    config.data_dir = flags.data_dir.clone().or(config.data_dir);
    config.listen = flags.listen.unwrap_or(config.listen);
    for secret in [
        &mut config.meta_app_secret,
        &mut config.meta_app_secret_previous,
        &mut config.meta_verify_token,
        &mut config.master_key,
        &mut config.smtp_url,
        &mut config.resend_api_key,
        &mut config.google_client_secret,
    ] {
        *secret = SecretText::unless_blank(secret.take());
    }
    config.google_client_id = config.google_client_id.filter(|id| !id.trim().is_empty());
    config.meta_apps = config.meta_apps.into_iter().map(|(key, app)| (key, app.without_blanks())).collect();
    let url = |name| environment.get(name).map(|url| SecretText::new((*url).to_owned()));
    (config.database_url, config.api_database_url) = (url("DATABASE_URL"), url(API_DATABASE_URL));
    config.check()?;
    Ok(config)
}

/// Whoever takes an app's key, or a provider's, for its secret must not read the secret in the error.
fn refuse_what_is_no_table(layers: &config::Config, of: &str) -> Result<(), ConfigError> {
    let no_table = |key: String| ConfigError::NoTable { key };
    let tables = match layers.get_table(of) {
        Ok(tables) => tables,
        Err(config::ConfigError::NotFound(_)) => return Ok(()),
        Err(_) => return Err(no_table(of.to_owned())),
    };
    tables.into_iter().try_for_each(|(key, table)| match table.into_table() {
        Ok(_) => Ok(()),
        Err(_) => Err(no_table(format!("{of}.{key}"))),
    })
}

/// Kubernetes tells every pod of a service called `leadflow` by such variables.
fn is_service_link(name: &str) -> bool {
    name == "LEADFLOW_PORT" || name.starts_with("LEADFLOW_PORT_") || name.starts_with("LEADFLOW_SERVICE_")
}

fn file_in_data_dir(environment: &HashMap<&str, &str>, flags: &Overrides) -> Option<PathBuf> {
    let data_dir = match (&flags.data_dir, environment.get("LEADFLOW_DATA_DIR")) {
        (Some(path), _) => path.clone(),
        (None, Some(path)) => Path::new(path).to_owned(),
        (None, None) => leadflow_private_postgres::default_data_dir().ok()?,
    };
    Some(data_dir.join("leadflow.toml"))
}

#[cfg(test)]
mod tests {
    use leadflow_domain::channel::AppKey;

    use super::*;

    fn environment(variables: &[(&str, &str)]) -> HashMap<String, String> {
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn in_empty_dir(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let flags = Overrides { data_dir: Some(PathBuf::from("/nonexistent")), ..Overrides::default() };
        load(&environment(variables), &flags)
    }

    #[test]
    fn the_default_file_is_complete() {
        let config = in_empty_dir(&[]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert!(config.meta_app_secret.is_none() && config.database_url.is_none());
    }

    #[test]
    fn the_environment_is_over_the_file_and_flags_over_all() {
        let config = in_empty_dir(&[("LEADFLOW_LISTEN", "127.0.0.1:1"), ("DATABASE_URL", "postgres://x")]).unwrap();
        assert_eq!(config.listen.port(), 1);
        assert_eq!(config.database_url.unwrap().expose(), "postgres://x");
        let flags = Overrides { listen: Some("127.0.0.1:2".parse().unwrap()), ..Overrides::default() };
        assert_eq!(load(&environment(&[("LEADFLOW_LISTEN", "127.0.0.1:1")]), &flags).unwrap().listen.port(), 2);
    }

    #[test]
    fn digits_in_a_secret_stay_text() {
        let config = in_empty_dir(&[("LEADFLOW_META_APP_SECRET", "0012"), ("LEADFLOW_META_VERIFY_TOKEN", "")]).unwrap();
        assert_eq!(config.meta_app_secret.unwrap().expose(), "0012");
        assert!(config.meta_verify_token.is_none());
    }

    #[test]
    fn a_blank_secret_is_none() {
        for blank in ["", " ", "\t"] {
            let config = in_empty_dir(&[("LEADFLOW_META_APP_SECRET", blank)]).unwrap();
            assert!(config.meta_app_secret.is_none(), "{blank:?}");
        }
        let config = in_file("meta_app_secret = \"\"\nmeta_verify_token = \"  \"\n", &[]).unwrap();
        assert!(config.meta_app_secret.is_none() && config.meta_verify_token.is_none());
    }

    fn in_file(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("leadflow.toml");
        std::fs::write(&file, text).unwrap();
        load(&environment(variables), &Overrides { file: Some(file), ..Overrides::default() })
    }

    fn secrets_of(config: &Config, key: &str) -> Vec<String> {
        let apps = config.meta_apps();
        let app = &apps[&Some(AppKey::parse(key).unwrap())];
        app.secrets().map(|secret| String::from_utf8(secret.to_vec()).unwrap()).collect()
    }

    #[test]
    fn further_apps_stand_in_tables_of_their_own_and_the_environment_is_over_them() {
        let file = "[meta_apps.shop]\napp_secret = \"new\"\napp_secret_previous = \"old\"\nverify_token = \"v\"\n";
        let config = in_file(file, &[]).unwrap();
        assert_eq!(secrets_of(&config, "shop"), ["new", "old"]);
        assert!(config.meta_apps()[&None].secrets().next().is_none());

        let variables =
            [("LEADFLOW_META_APPS__SHOP__APP_SECRET", "newest"), ("LEADFLOW_META_APPS__NORTH_SEA__APP_SECRET", "0012")];
        let config = in_file(file, &variables).unwrap();
        assert_eq!(secrets_of(&config, "shop"), ["newest", "old"]);
        assert_eq!(secrets_of(&config, "north_sea"), ["0012"]);
    }

    #[test]
    fn a_further_app_s_blank_secret_is_none_and_its_unknown_keys_are_errors() {
        let config = in_file("[meta_apps.shop]\napp_secret = \" \"\napp_secret_previous = \"\"\n", &[]).unwrap();
        assert_eq!(secrets_of(&config, "shop"), [""; 0]);
        for (file, told) in [
            ("[meta_apps.shop]\nsecret = \"x\"\n", "secret"),
            ("[meta_apps.\"Shop 2\"]\napp_secret = \"x\"\n", "the key of a Meta app"),
            ("[meta_app.shop]\napp_secret = \"x\"\n", "meta_app"),
            ("[meta_apps]\nshop = \"xyzzy\"\n", "meta_apps.shop"),
            ("meta_apps = \"xyzzy\"\n", "meta_apps"),
        ] {
            let error = format!("{:#}", anyhow::Error::from(in_file(file, &[]).unwrap_err()));
            assert!(error.contains(told) && !error.contains("xyzzy"), "{file}: {error}");
        }
    }

    /// A provider, but for its secret.
    const PROVIDER: [(&str, &str); 3] = [
        ("LEADFLOW_OIDC__DESK__ISSUER", "https://id.desk.example"),
        ("LEADFLOW_OIDC__DESK__CLIENT_ID", "0012"),
        ("LEADFLOW_OIDC__DESK__DOMAINS", "desk.example, shop.example"),
    ];

    #[test]
    fn google_has_keys_of_its_own_and_others_have_tables() {
        let google = [("LEADFLOW_GOOGLE_CLIENT_ID", "1"), ("LEADFLOW_GOOGLE_CLIENT_SECRET", "2")];
        let desk = PROVIDER.into_iter().chain([("LEADFLOW_OIDC__DESK__CLIENT_SECRET", "0034")]);
        let variables: Vec<_> = google.into_iter().chain(desk).collect();
        let providers = in_empty_dir(&variables).unwrap().oidc_providers().unwrap();
        let said = providers
            .iter()
            .map(|(key, of)| (key.as_str(), of.issuer.as_str(), &*of.client_id, of.client_secret.expose()));
        let expected =
            [("desk", "https://id.desk.example", "0012", "0034"), ("google", "https://accounts.google.com", "1", "2")];
        assert_eq!(said.collect::<Vec<_>>(), expected);
        let file = "[oidc.google]\nissuer = \"https://accounts.google.com\"\nclient_id = \"3\"\nclient_secret = \"4\"\n\
                    domains = [\"desk.example\"]\n";
        let providers = in_file(file, &google).unwrap().oidc_providers().unwrap();
        assert_eq!(providers.values().map(|of| &*of.client_id).collect::<Vec<_>>(), ["3"], "a table is over them");
        assert!(in_empty_dir(&[]).unwrap().oidc_providers().unwrap().is_empty());
    }

    #[test]
    fn a_provider_is_whole_and_at_a_place_that_can_be_believed() {
        let whole = "issuer = \"https://id.example\"\nclient_id = \"1\"\nclient_secret = \"2\"\ndomains = [\"*\"]\n";
        let desk = |lines: &str| in_file(&format!("[oidc.desk]\n{lines}"), &[]);
        assert!(desk(whole).is_ok());
        for (line, instead, told) in [
            ("domains = [\"*\"]\n", "", "domains"),
            ("client_secret = \"2\"\n", "", "client_secret"),
            ("client_secret = \"2\"\n", "client_secret = \" \"\n", "oidc.desk.client_secret is blank"),
            ("https://id.example", "http://id.example", "an issuer reads like"),
            ("client_id", "client", "client"),
        ] {
            let error = format!("{:#}", anyhow::Error::from(desk(&whole.replace(line, instead)).unwrap_err()));
            assert!(error.contains(told), "{line}: {error}");
        }
        for file in ["[oidc.\"Desk 2\"]\n".to_owned() + whole, "[oidc]\ndesk = \"xyzzy\"\n".to_owned()] {
            let error = format!("{:#}", anyhow::Error::from(in_file(&file, &[]).unwrap_err()));
            assert!(error.contains("oidc") && !error.contains("xyzzy"), "{error}");
        }
    }

    #[test]
    fn a_previous_secret_stands_beside_a_present_one() {
        let (present, previous) = (("LEADFLOW_META_APP_SECRET", "new"), ("LEADFLOW_META_APP_SECRET_PREVIOUS", "old"));
        let config = in_empty_dir(&[present, previous]).unwrap();
        assert_eq!(config.meta_apps()[&None].secrets().collect::<Vec<_>>(), [&b"new"[..], b"old"]);
        let error = in_empty_dir(&[previous]).unwrap_err().to_string();
        assert!(error.contains("LEADFLOW_META_APP_SECRET_PREVIOUS is set without"), "{error}");
        let error = in_file("[meta_apps.shop]\napp_secret_previous = \"old\"\n", &[]).unwrap_err().to_string();
        assert!(error.contains("LEADFLOW_META_APPS__SHOP__APP_SECRET_PREVIOUS is set without"), "{error}");
    }

    #[test]
    fn what_an_orchestrator_says_of_a_service_called_leadflow_is_no_key() {
        let links = [("LEADFLOW_PORT", "tcp://10.0.0.1:80"), ("LEADFLOW_SERVICE_HOST", "10.0.0.1")];
        assert!(in_empty_dir(&links).is_ok());
    }

    #[test]
    fn unknown_keys_and_values_out_of_range_are_errors_that_name_the_key() {
        for (name, value, told) in [
            ("LEADFLOW_LISTENN", "x", "listenn"),
            ("LEADFLOW_LISTEN", "nowhere", "listen"),
            ("LEADFLOW_DATABASE_CONNECTIONS", "1", "database_connections"),
            ("LEADFLOW_DATABASE_CONNECTIONS", "many", "database_connections"),
            ("LEADFLOW_GRAPHQL_BUDGET", "24999", "graphql_budget"),
            ("LEADFLOW_GRAPHQL_RESTORE_RATE", "0", "graphql_restore_rate"),
            ("LEADFLOW_API_STATEMENT_MS", "999", "api_statement_ms"),
            ("LEADFLOW_ALLOWED_ORIGINS", "https://desk.example/", "allowed_origins"),
            ("LEADFLOW_PUBLIC_URL", "desk.example", "public_url"),
            ("LEADFLOW_TRUSTED_PROXIES", "0.0.0.0/0", "trusted_proxies"),
            ("LEADFLOW_LIMITS__LOGIN", "5", "limits.login"),
            ("LEADFLOW_LIMITS__LOGINN", "5/1m", "loginn"),
            ("LEADFLOW_GOOGLE_CLIENT_ID", "desk", "google_client_secret"),
        ] {
            let error = format!("{:#}", anyhow::Error::from(in_empty_dir(&[(name, value)]).unwrap_err()));
            assert!(error.contains(told), "{name}={value}: {error}");
        }
    }

    #[test]
    fn origins_are_a_list_or_have_commas_between_them() {
        assert_eq!(in_empty_dir(&[]).unwrap().allowed_origins.to_vec(), [""; 0]);
        let two = ["https://desk.example", "http://localhost:5173"];
        let written = ("LEADFLOW_ALLOWED_ORIGINS", "https://desk.example, http://localhost:5173,");
        assert_eq!(in_empty_dir(&[written]).unwrap().allowed_origins.to_vec(), two);
        let file = "allowed_origins = [\"https://desk.example\", \"http://localhost:5173\"]\n";
        assert_eq!(in_file(file, &[]).unwrap().allowed_origins.to_vec(), two);
        let error = format!("{:#}", anyhow::Error::from(in_file("allowed_origins = [\"*\"]\n", &[]).unwrap_err()));
        assert!(error.contains("allowed_origins"), "{error}");
    }

    #[test]
    fn a_login_for_reads_is_one_beside_the_owner_s() {
        let (owner, api) = (("DATABASE_URL", "postgres://x"), ("LEADFLOW_API_DATABASE_URL", "postgres://y"));
        assert_eq!(in_empty_dir(&[owner, api]).unwrap().api_database_url.unwrap().expose(), "postgres://y");
        assert!(in_empty_dir(&[owner]).unwrap().api_database_url.is_none());
        assert!(matches!(in_empty_dir(&[api]).unwrap_err(), ConfigError::ApiLoginAlone));
    }

    #[test]
    fn secrets_are_not_shown() {
        let secrets = [
            "LEADFLOW_MASTER_KEY",
            "DATABASE_URL",
            "LEADFLOW_API_DATABASE_URL",
            "LEADFLOW_META_APPS__SHOP__APP_SECRET",
            "LEADFLOW_SMTP_URL",
            "LEADFLOW_RESEND_API_KEY",
            "LEADFLOW_GOOGLE_CLIENT_SECRET",
            "LEADFLOW_OIDC__DESK__CLIENT_SECRET",
        ];
        let others = [("LEADFLOW_GOOGLE_CLIENT_ID", "desk")].into_iter().chain(PROVIDER);
        let variables: Vec<_> = secrets.map(|name| (name, "topsecret")).into_iter().chain(others).collect();
        let config = in_empty_dir(&variables).unwrap();
        assert!(!format!("{config:?}").contains("topsecret"));
        assert!(!serde_json::to_string(&config).unwrap().contains("topsecret"));
    }
}
