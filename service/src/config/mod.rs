//! Configuration: one plain serde struct per service, read from a TOML file and the environment, checked at start.
//!
//! ```
//! use loupe_service::config::{self, Invalid, Secret, Validate};
//!
//! #[derive(Debug, serde::Deserialize)]
//! #[serde(deny_unknown_fields, default)]
//! struct Config {
//!     listen: std::net::SocketAddr,
//!     batch_rows_max: usize,
//!     ip_hash_key: Secret,
//! }
//!
//! impl Default for Config {
//!     fn default() -> Self {
//!         Self { listen: ([127, 0, 0, 1], 8080).into(), batch_rows_max: 1000, ip_hash_key: Secret::new("dev") }
//!     }
//! }
//!
//! impl Validate for Config {
//!     fn validate(&self) -> Result<(), Invalid> {
//!         Invalid::unless(self.batch_rows_max > 0, "batch_rows_max", "must be at least 1")
//!     }
//! }
//!
//! // Reads LOUPE_EXAMPLE_LISTEN, LOUPE_EXAMPLE_BATCH_ROWS_MAX, …, and the file named by LOUPE_EXAMPLE_CONFIG_FILE.
//! let config: Config = config::load("LOUPE_EXAMPLE", None)?;
//! # Ok::<(), config::ConfigError>(())
//! ```
//!
//! Defaults are serde's (`#[serde(default)]`); a field without one is required. The environment wins over the file.
//!
//! A [`Secret`] may lie in a file of its own: `ip_hash_key_file`, in the configuration file or as the environment's
//! `LOUPE_EXAMPLE_IP_HASH_KEY_FILE`, names the file whose content, without the newline at its end, is `ip_hash_key`.

mod layered;
mod secret;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

pub use secret::Secret;
#[cfg(feature = "kafka")]
pub(crate) use secret::read_secret;

/// A rule that a field of a configuration breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The field, as the struct names it.
    pub field: &'static str,
    /// What must hold, as a phrase that follows the field's name: "must be at least 1".
    pub rule: String,
}

impl Invalid {
    /// The violation of `rule` by `field`.
    pub fn new(field: &'static str, rule: impl Into<String>) -> Self {
        Self { field, rule: rule.into() }
    }

    /// `Ok` when `holds`.
    ///
    /// # Errors
    /// The violation of `rule` by `field` when `holds` is false.
    pub fn unless(holds: bool, field: &'static str, rule: &str) -> Result<(), Self> {
        if holds { Ok(()) } else { Err(Self::new(field, rule)) }
    }
}

/// The rules that types alone do not express: ranges, and fields that need one another.
pub trait Validate {
    /// Checks every rule of the configuration.
    ///
    /// # Errors
    /// The first rule that does not hold.
    fn validate(&self) -> Result<(), Invalid>;
}

/// Where the value of a field came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// This environment variable.
    Env(String),
    /// This TOML file.
    File(PathBuf),
    /// Neither: the built-in default.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "environment variable {name}"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Default => write!(f, "default"),
        }
    }
}

/// Why a configuration was refused: which field, from where, and which rule it breaks.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The configuration file cannot be read.
    #[error("configuration file {path}: {cause}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        cause: std::io::Error,
    },
    /// The configuration file is not TOML.
    #[error("configuration file {path} is not valid TOML: {rule}", path = path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// What the parser expected, and where.
        rule: String,
    },
    /// A required field has no value.
    #[error("configuration field `{field}` is missing: set {variable}, or `{field}` in the configuration file")]
    Missing {
        /// The field.
        field: String,
        /// The environment variable that would set it.
        variable: String,
    },
    /// A field is unknown, or its value has the wrong form or breaks a rule.
    #[error("configuration field `{field}` ({source}): {rule}", source = origin)]
    Field {
        /// The field.
        field: String,
        /// Where its value came from.
        origin: Source,
        /// The rule it breaks.
        rule: String,
    },
}

/// Reads the configuration of a service from `file` and the environment variables `PREFIX_FIELD`.
///
/// Without `file`, the file that `PREFIX_CONFIG_FILE` names is read, if it is set. In the environment, a list is
/// written with commas, a map as `name=value` with commas between, and an empty value leaves an optional field unset.
///
/// # Errors
/// The first field that is missing, unknown, malformed or against a rule, or a file that cannot be read.
pub fn load<T: DeserializeOwned + Validate>(prefix: &str, file: Option<&Path>) -> Result<T, ConfigError> {
    load_from(prefix, file, std::env::vars_os())
}

/// [`load`] with the environment as an argument.
///
/// # Errors
/// As [`load`].
pub fn load_from<T: DeserializeOwned + Validate>(
    prefix: &str,
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<T, ConfigError> {
    let mut variables = variables_of(prefix, environment)?;
    let named_by_environment = variables.remove("config_file").map(PathBuf::from);
    let path = file.map(Path::to_path_buf).or(named_by_environment);
    let table = path.as_deref().map(read_table).transpose()?.unwrap_or_default();
    let layers = layered::Layers { prefix, variables, table, path };
    let (config, origins): (T, _) = layers.deserialize()?;
    config.validate().map_err(|invalid| ConfigError::Field {
        field: invalid.field.to_owned(),
        origin: layered::origin_of(&origins, invalid.field),
        rule: invalid.rule,
    })?;
    Ok(config)
}

/// The variables that start with `PREFIX_`, by field name.
fn variables_of(
    prefix: &str,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<BTreeMap<String, String>, ConfigError> {
    let mut variables = BTreeMap::new();
    for (name, value) in environment {
        let Some(rest) = name.to_str().and_then(|name| name.strip_prefix(prefix)?.strip_prefix('_')) else { continue };
        if injected_by_kubernetes(rest) {
            continue;
        }
        let field = rest.to_ascii_lowercase();
        let Ok(value) = value.into_string() else {
            let origin = Source::Env(format!("{prefix}_{rest}"));
            return Err(ConfigError::Field { field, origin, rule: "must be UTF-8 text".to_owned() });
        };
        variables.insert(field, value);
    }
    Ok(variables)
}

/// Kubernetes sets `NAME_SERVICE_HOST`, `NAME_PORT` and the like for every service of a namespace: for a service named
/// `loupe-ingest` they would look like misspelt fields of ours.
fn injected_by_kubernetes(rest: &str) -> bool {
    rest == "PORT" || rest.starts_with("PORT_") || rest.starts_with("SERVICE_HOST") || rest.starts_with("SERVICE_PORT")
}

fn read_table(path: &Path) -> Result<toml::Table, ConfigError> {
    let text =
        std::fs::read_to_string(path).map_err(|cause| ConfigError::Unreadable { path: path.to_path_buf(), cause })?;
    text.parse().map_err(|error: toml::de::Error| ConfigError::NotToml {
        path: path.to_path_buf(),
        rule: without_the_text(&error, &text),
    })
}

/// What is wrong and where. The error itself would quote the line, which may hold a secret.
fn without_the_text(error: &toml::de::Error, text: &str) -> String {
    let message = error.message().trim_end().to_owned();
    let before = error.span().and_then(|span| text.get(..span.start));
    before.map_or(message.clone(), |before| format!("line {}: {message}", before.matches('\n').count() + 1))
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        listen: SocketAddr,
        name: String,
        #[serde(default = "ten")]
        rows_max: usize,
        #[serde(default)]
        verbose: bool,
        #[serde(default)]
        origins: Vec<String>,
        limit: Option<u64>,
        #[serde(default)]
        mode: Mode,
        #[serde(default)]
        password: Option<Secret>,
        #[serde(default)]
        ratio: f64,
        #[serde(default)]
        properties: BTreeMap<String, Secret>,
    }

    #[derive(Debug, Deserialize, Default, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Mode {
        #[default]
        Plain,
        Strict,
    }

    fn ten() -> usize {
        10
    }

    impl Validate for Sample {
        fn validate(&self) -> Result<(), Invalid> {
            Invalid::unless(self.rows_max <= 100, "rows_max", "must be at most 100")
        }
    }

    fn env(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
        pairs.iter().map(|(name, value)| (name.into(), value.into())).collect()
    }

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    const LISTEN: (&str, &str) = ("T_LISTEN", "127.0.0.1:1");

    fn message(pairs: &[(&str, &str)]) -> String {
        load_from::<Sample>("T", None, env(pairs)).unwrap_err().to_string()
    }

    #[test]
    fn environment_wins_over_file_and_file_over_default() {
        let file = file("listen = '127.0.0.1:1'\nname = 'file'\nrows_max = 20\norigins = ['a']");
        let sample: Sample = load_from("T", Some(file.path()), env(&[("T_NAME", "123")])).unwrap();
        assert_eq!(
            (sample.name.as_str(), sample.rows_max, sample.origins.as_slice()),
            ("123", 20, &["a".to_owned()][..])
        );
        assert_eq!(sample.listen.port(), 1);
        assert!(!sample.verbose);
    }

    #[test]
    fn every_kind_of_value_is_read_from_the_environment() {
        let sample: Sample = load_from(
            "T",
            None,
            env(&[
                LISTEN,
                ("T_NAME", ""),
                ("T_VERBOSE", "true"),
                ("T_ORIGINS", "a, b"),
                ("T_LIMIT", "7"),
                ("T_MODE", "strict"),
                ("T_PASSWORD", "42"),
                ("T_RATIO", "0.5"),
            ]),
        )
        .unwrap();
        assert!(sample.verbose && sample.name.is_empty());
        assert_eq!(sample.origins, ["a", "b"]);
        assert_eq!((sample.limit, sample.mode, sample.ratio), (Some(7), Mode::Strict, 0.5));
        assert_eq!(sample.password.as_ref().map(Secret::expose), Some("42"));
        assert!(!format!("{:?}", sample.password).contains("42"));
    }

    #[test]
    fn an_empty_variable_leaves_an_optional_field_unset() {
        let sample: Sample = load_from("T", None, env(&[LISTEN, ("T_NAME", "n"), ("T_LIMIT", "")])).unwrap();
        assert_eq!(sample.limit, None);
    }

    #[test]
    fn the_file_may_be_named_by_the_environment() {
        let file = file("listen = '127.0.0.1:1'\nname = 'file'");
        let path = file.path().to_str().unwrap();
        let sample: Sample = load_from("T", None, env(&[("T_CONFIG_FILE", path)])).unwrap();
        assert_eq!(sample.name, "file");
    }

    #[test]
    fn a_missing_field_is_named_with_its_variable() {
        assert_eq!(
            message(&[LISTEN]),
            "configuration field `name` is missing: set T_NAME, or `name` in the configuration file"
        );
    }

    #[test]
    fn a_malformed_value_is_named_with_its_source_and_rule() {
        let text = message(&[LISTEN, ("T_NAME", "n"), ("T_ROWS_MAX", "many")]);
        assert!(text.starts_with("configuration field `rows_max` (environment variable T_ROWS_MAX): "), "{text}");
        let file = file("listen = 'nowhere'\nname = 'n'");
        let text = load_from::<Sample>("T", Some(file.path()), env(&[])).unwrap_err().to_string();
        assert!(text.contains("`listen` (file ") && text.contains("socket address"), "{text}");
    }

    #[test]
    fn a_broken_rule_is_named_with_its_source() {
        assert_eq!(
            message(&[LISTEN, ("T_NAME", "n"), ("T_ROWS_MAX", "101")]),
            "configuration field `rows_max` (environment variable T_ROWS_MAX): must be at most 100"
        );
    }

    #[test]
    fn a_map_is_pairs_joined_by_commas() {
        let pairs = [LISTEN, ("T_NAME", "n"), ("T_PROPERTIES", "sasl.mechanism=PLAIN, sasl.password=a=b")];
        let sample: Sample = load_from("T", None, env(&pairs)).unwrap();
        assert_eq!(sample.properties["sasl.mechanism"].expose(), "PLAIN");
        assert_eq!(sample.properties["sasl.password"].expose(), "a=b");
        let text = message(&[LISTEN, ("T_NAME", "n"), ("T_PROPERTIES", "sasl.mechanism")]);
        assert!(text.ends_with("must be pairs name=value, joined by commas"), "{text}");
    }

    #[test]
    fn a_secret_may_lie_in_a_file_of_its_own() {
        let secret = file("hunter2\n");
        let path = secret.path().to_str().unwrap();
        let read = |pairs: &[(&str, &str)]| {
            let pairs = [&[LISTEN, ("T_NAME", "n")], pairs].concat();
            load_from::<Sample>("T", None, env(&pairs)).map(|sample| sample.password.map(|it| it.expose().to_owned()))
        };
        assert_eq!(read(&[("T_PASSWORD_FILE", path)]).unwrap().as_deref(), Some("hunter2"));
        assert_eq!(read(&[("T_PASSWORD_FILE", "")]).unwrap(), None);
        let twice = read(&[("T_PASSWORD_FILE", path), ("T_PASSWORD", "x")]).unwrap_err().to_string();
        assert!(twice.contains("`password` (environment variable T_PASSWORD): is given twice"), "{twice}");
        let absent = read(&[("T_PASSWORD_FILE", "/nowhere")]).unwrap_err().to_string();
        assert!(
            absent.starts_with(
                "configuration field `password_file` (environment variable T_PASSWORD_FILE): cannot read /nowhere: "
            ),
            "{absent}"
        );
        let no_secret = read(&[("T_LIMIT_FILE", path)]).unwrap_err().to_string();
        assert!(no_secret.contains("`limit` (environment variable T_LIMIT_FILE): is no secret"), "{no_secret}");
        let named = file(&format!("listen = '127.0.0.1:1'\nname = 'n'\npassword_file = '{path}'"));
        let sample: Sample = load_from("T", Some(named.path()), env(&[])).unwrap();
        assert_eq!(sample.password.as_ref().map(Secret::expose), Some("hunter2"));
        let sample: Sample = load_from("T", Some(named.path()), env(&[("T_PASSWORD", "x")])).unwrap();
        assert_eq!(sample.password.as_ref().map(Secret::expose), Some("x"));
    }

    #[test]
    fn no_error_quotes_what_may_be_a_secret() {
        let numeric = file("listen = '127.0.0.1:1'\nname = 'n'\npassword = 123456");
        let text = load_from::<Sample>("T", Some(numeric.path()), env(&[])).unwrap_err().to_string();
        assert!(text.contains("`password` (file ") && text.contains("must be a text"), "{text}");
        assert!(!text.contains("123456"), "{text}");
        let unquoted = file("listen = '127.0.0.1:1'\npassword = hunter2");
        let text = load_from::<Sample>("T", Some(unquoted.path()), env(&[])).unwrap_err().to_string();
        assert!(text.contains("line 2: ") && !text.contains("hunter2"), "{text}");
    }

    #[test]
    fn an_unknown_field_is_refused_from_either_source() {
        let text = message(&[LISTEN, ("T_NAME", "n"), ("T_NAMES", "n")]);
        assert!(
            text.contains("`names` (environment variable T_NAMES): is unknown") && text.contains("rows_max"),
            "{text}"
        );
        let file = file("listen = '127.0.0.1:1'\nname = 'n'\nrow_max = 3");
        let text = load_from::<Sample>("T", Some(file.path()), env(&[])).unwrap_err().to_string();
        assert!(text.contains("`row_max` (file "), "{text}");
    }

    #[test]
    fn what_kubernetes_injects_is_not_ours() {
        let injected = [LISTEN, ("T_NAME", "n"), ("T_PORT", "tcp://10.0.0.1:80"), ("T_SERVICE_HOST", "10.0.0.1")];
        assert!(load_from::<Sample>("T", None, env(&injected)).is_ok());
    }

    #[test]
    fn a_file_that_is_no_toml_or_absent_is_named() {
        let file = file("listen = ");
        let text = load_from::<Sample>("T", Some(file.path()), env(&[])).unwrap_err().to_string();
        assert!(text.contains("is not valid TOML"), "{text}");
        let text = load_from::<Sample>("T", Some(Path::new("absent.toml")), env(&[])).unwrap_err().to_string();
        assert!(text.starts_with("configuration file absent.toml: "), "{text}");
    }
}
