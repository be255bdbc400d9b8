//! The client libraries that scripts can use, and what happens to scripts that fail or hang.

use std::time::Duration;

use anyhow::Result;
use test_support::{node_script, project_root, python_script, temp_dir};

const WITHIN: Duration = Duration::from_secs(60);

#[test]
fn a_node_script_can_use_the_api_client() -> Result<()> {
    let output = node_script("crates/test-support/tests/it/clients.mjs", &[("GREETING", "hello")], WITHIN)?;
    assert_eq!(output, "hello function object\n");
    Ok(())
}

#[test]
fn a_python_script_can_use_the_api_client_and_read_spreadsheets() -> Result<()> {
    let output = python_script("crates/test-support/tests/it/clients.py", &[("GREETING", "hello")], WITHIN)?;
    assert_eq!(output, "hello Salesforce load_workbook Europe/Berlin\n");
    Ok(())
}

#[test]
fn a_script_that_fails_shows_what_it_wrote() -> Result<()> {
    let folder = temp_dir()?;
    let script = folder.path().join("fails.py");
    std::fs::write(&script, "print('so far so good')\nraise ValueError('the total is wrong')\n")?;
    let message = python_script(&script, &[], WITHIN).expect_err("it raises").to_string();
    assert!(message.contains("so far so good") && message.contains("the total is wrong"), "{message}");
    Ok(())
}

#[test]
fn a_script_that_hangs_is_ended() -> Result<()> {
    let folder = temp_dir()?;
    let script = folder.path().join("hangs.py");
    std::fs::write(&script, "import threading\nthreading.Event().wait()\n")?;
    let message = python_script(&script, &[], Duration::from_millis(500)).expect_err("it waits for ever").to_string();
    assert!(message.contains("did not end within 500ms"), "{message}");
    Ok(())
}

#[test]
fn scripts_run_in_the_root_of_the_project() -> Result<()> {
    let folder = temp_dir()?;
    let script = folder.path().join("where.py");
    std::fs::write(&script, "import os\nprint(os.getcwd())\n")?;
    assert_eq!(python_script(&script, &[], WITHIN)?.trim_end(), project_root().canonicalize()?.display().to_string());
    Ok(())
}
