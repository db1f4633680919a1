//! What the product is built from keeps to `deny.toml`: licences, sources and versions, as `cargo deny check licenses bans
//! sources` has it, which not every machine has. Advisories and yanked versions are known to `cargo deny` alone.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, ensure};
use cargo_metadata::{CargoOpt, DependencyKind, Metadata, MetadataCommand, Package};
use serde::Deserialize;
use spdx::{Expression, ParseMode};

/// What of `deny.toml` is checked here.
#[derive(Debug, Deserialize)]
struct Deny {
    graph: Graph,
    licenses: Licenses,
    bans: Bans,
    sources: Sources,
}

#[derive(Debug, Deserialize)]
struct Graph {
    targets: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Licenses {
    allow: BTreeSet<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Bans {
    wildcards: String,
    allow_wildcard_paths: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Sources {
    unknown_registry: String,
    unknown_git: String,
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn deny() -> anyhow::Result<Deny> {
    toml::from_str(&std::fs::read_to_string(root().join("deny.toml"))?).context("deny.toml")
}

/// Every package that is built for the targets of `deny.toml`.
fn packages(deny: &Deny) -> anyhow::Result<Metadata> {
    let mut command = MetadataCommand::new();
    command.current_dir(root()).features(CargoOpt::AllFeatures);
    let targets = deny.graph.targets.iter().flat_map(|target| ["--filter-platform".to_owned(), target.clone()]);
    command.other_options(targets.chain(["--locked".to_owned()]).collect::<Vec<_>>());
    Ok(command.exec()?)
}

/// Packages that are among what is resolved: the rest is for other platforms.
fn resolved(metadata: &Metadata) -> anyhow::Result<Vec<&Package>> {
    let nodes = &metadata.resolve.as_ref().context("nothing is resolved")?.nodes;
    let ids: BTreeSet<_> = nodes.iter().map(|node| &node.id).collect();
    Ok(metadata.packages.iter().filter(|package| ids.contains(&package.id)).collect())
}

/// Why a package's licence is not allowed.
fn refused(package: &Package, allow: &BTreeSet<String>) -> Option<String> {
    let Some(license) = &package.license else { return Some("it names no licence".to_owned()) };
    match Expression::parse_mode(license, ParseMode::LAX) {
        Err(error) => Some(format!("`{license}` is no licence expression: {}", error.reason)),
        Ok(expression) => {
            let is_allowed = expression.evaluate(|requirement| allow.contains(&requirement.to_string()));
            (!is_allowed).then(|| format!("`{license}` is not allowed"))
        }
    }
}

#[test]
fn every_package_has_an_allowed_licence_and_comes_from_the_registry() -> anyhow::Result<()> {
    let deny = deny()?;
    ensure!(deny.sources.unknown_registry == "deny" && deny.sources.unknown_git == "deny", "{:?}", deny.sources);
    let metadata = packages(&deny)?;
    let packages = resolved(&metadata)?;
    ensure!(packages.len() > 300, "only {} packages are resolved", packages.len());
    let mut wrong = Vec::new();
    for package in packages {
        let name = format!("{} {}", package.name, package.version);
        wrong.extend(refused(package, &deny.licenses.allow).map(|why| format!("{name}: {why}")));
        let source = package.source.as_ref();
        if source.is_some_and(|source| !source.is_crates_io()) {
            wrong.push(format!("{name}: comes from {source:?}"));
        }
        if source.is_none() && !metadata.workspace_members.contains(&package.id) {
            wrong.push(format!("{name}: lies outside of the workspace"));
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn no_member_takes_any_version_of_anything() -> anyhow::Result<()> {
    let deny = deny()?;
    ensure!(deny.bans.wildcards == "deny" && deny.bans.allow_wildcard_paths, "{:?}", deny.bans);
    let metadata = packages(&deny)?;
    let members = metadata.workspace_packages();
    let dependencies = members.iter().flat_map(|member| member.dependencies.iter().map(move |of| (member, of)));
    let any = dependencies.filter(|(_, of)| of.path.is_none() && of.req == cargo_metadata::semver::VersionReq::STAR);
    let any: Vec<String> = any.map(|(member, of)| format!("{} takes any {}", member.name, of.name)).collect();
    ensure!(any.is_empty(), "{}", any.join("\n"));
    let builds = members.iter().flat_map(|member| &member.dependencies).filter(|of| of.kind == DependencyKind::Normal);
    ensure!(builds.count() > 50, "the members take next to nothing");
    Ok(())
}

#[test]
fn a_licence_that_is_not_allowed_is_found() -> anyhow::Result<()> {
    let deny = deny()?;
    let metadata = packages(&deny)?;
    let ours = metadata.workspace_packages()[0];
    ensure!(refused(ours, &deny.licenses.allow).is_none());
    for (license, is_allowed) in [
        ("MIT/Apache-2.0", true),
        ("GPL-3.0-only OR MIT", true),
        ("GPL-3.0-only AND MIT", false),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("my own", false),
    ] {
        let mut package = ours.clone();
        package.license = Some(license.to_owned());
        ensure!(refused(&package, &deny.licenses.allow).is_none() == is_allowed, "{license}");
    }
    Ok(())
}
