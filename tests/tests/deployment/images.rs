//! deploy/images: what the Dockerfile says against the workspace, and what the executables need against what is in the images.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use loupe_tests::deployment::container::{Environment, listens};
use loupe_tests::deployment::{path, text, yaml};
use loupe_tests::go::printed;

const FILE: &str = "deploy/images/Dockerfile";
/// What the build is told so that zlib, which the executables of this machine share with it, is within those of the images.
const ZLIB_WITHIN: &str = "ENV LIBZ_SYS_STATIC=1";
/// The shared libraries that distroless' image `cc` has and ours may need.
const IN_THE_IMAGE: [&str; 7] = ["ld-linux-x86-64", "libc", "libgcc_s", "libm", "libpthread", "libdl", "linux-vdso"];

/// Instructions of the stage of this name, continued lines joined; the first is its `FROM`.
fn stage(name: &str) -> anyhow::Result<Vec<String>> {
    let file = text(FILE)?.replace("\\\n", " ");
    let lines = file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut instructions: Vec<String> = Vec::new();
    let mut is_inside = false;
    for line in lines {
        if line.starts_with("FROM ") {
            is_inside = line.ends_with(&format!(" AS {name}"));
        }
        if is_inside {
            instructions.push(line.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    ensure!(!instructions.is_empty(), "{FILE} has no stage {name}");
    Ok(instructions)
}

/// What the image of a service tells it.
pub(crate) fn environment(service: &str) -> anyhow::Result<Environment> {
    let own = stage(service)?;
    ensure!(own[0].starts_with("FROM runtime "), "{}", own[0]);
    let instructions = [stage("runtime")?, own].concat();
    let said = instructions.iter().filter_map(|line| line.strip_prefix("ENV ")?.split_once('='));
    Ok(said.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// What BuildKit says of a Dockerfile: its stages; an error with its objections.
async fn read_by_buildkit(file: &Path) -> anyhow::Result<String> {
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/deployment/dockerfile");
    let mut go = tokio::process::Command::new("go");
    printed(go.args(["run", "-C", program, "."]).arg(std::path::absolute(file)?)).await
}

#[tokio::test]
async fn buildkit_takes_the_file() -> anyhow::Result<()> {
    let stages = read_by_buildkit(&path(FILE)).await?;
    for stage in ["ingest", "projector", "query-api", "loupe"] {
        ensure!(stages.lines().any(|line| line == format!("stage {stage}")), "{stages}");
    }
    let right = text(FILE)?;
    for (word, wrong) in [("ENTRYPOINT", "ENTRYPOIN"), ("--from=build", "--form=build"), (" AS loupe", " as loupe")] {
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), right.replace(word, wrong))?;
        ensure!(read_by_buildkit(file.path()).await.is_err(), "{wrong} was taken");
    }
    Ok(())
}

#[test]
fn every_image_runs_its_own_executable_as_nobody() -> anyhow::Result<()> {
    let build = stage("build")?.join("\n");
    ensure!(build.contains("cargo build --release --locked"), "{build}");
    let toolchain: toml::Table = text("rust-toolchain.toml")?.parse()?;
    let channel = toolchain["toolchain"]["channel"].as_str().context("a channel")?;
    let rust = channel.split('.').take(2).collect::<Vec<_>>().join(".");
    ensure!(build.starts_with(&format!("FROM rust:{rust}-")), "the toolchain is {channel}: {build}");
    ensure!(stage("runtime")?.contains(&"USER 65532:65532".to_owned()));
    for (image, manifest) in
        [("ingest", "ingest"), ("projector", "projector"), ("query-api", "query-api"), ("loupe", "deploy/local")]
    {
        let instructions = stage(image)?;
        let executable = format!("/usr/local/bin/{image}");
        ensure!(instructions.contains(&format!("COPY --from=build /executables/{image} {executable}")), "{image}");
        ensure!(instructions.contains(&format!("ENTRYPOINT [\"{executable}\"]")), "{image}");
        ensure!(build.contains(&format!("--bin {image} ")), "{image} is not built");
        let manifest: toml::Table = text(&format!("{manifest}/Cargo.toml"))?.parse()?;
        let is_named = |table: &toml::Value| table.get("name").and_then(toml::Value::as_str) == Some(image);
        let of_bins = manifest.get("bin").and_then(toml::Value::as_array);
        ensure!(is_named(&manifest["package"]) || of_bins.is_some_and(|bins| bins.iter().any(is_named)), "{image}");
        ensure!(!instructions.iter().any(|line| line.starts_with("USER")), "{image} is somebody else");
    }
    Ok(())
}

#[test]
fn images_say_where_their_services_listen() -> anyhow::Result<()> {
    let compose = yaml("deploy/compose/compose.yaml")?;
    for service in ["ingest", "projector", "query-api"] {
        let told = crate::compose::environment(service, &compose["services"][service])?;
        let listen = listens(service, &told)?;
        ensure!(stage(service)?.contains(&format!("EXPOSE {}", listen.port())), "{service} listens on {listen}");
    }
    Ok(())
}

#[test]
fn executables_need_no_library_that_the_images_lack() -> anyhow::Result<()> {
    // It holds all services.
    let output = Command::new("ldd").arg(env!("CARGO_BIN_EXE_loupe-stack")).output().context("cannot run ldd")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout)?;
    let needed: Vec<&str> = printed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    ensure!(needed.len() > 2, "{printed}");
    for library in needed {
        let name = library.rsplit('/').next().unwrap_or(library);
        let name = name.split(".so").next().unwrap_or(name);
        let is_within = name == "libz" && stage("build")?.contains(&ZLIB_WITHIN.to_owned());
        ensure!(is_within || IN_THE_IMAGE.contains(&name), "the images have no {library}: {printed}");
    }
    Ok(())
}
