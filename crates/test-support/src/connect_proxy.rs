//! A proxy that takes clients with a built-in host to a server of this machine: CONNECT to `*.salesforce.com:443` leads
//! to one port, and to any other host is refused.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context as _, Result};

/// The longest head of a request that is read.
const MOST_LINES: usize = 64;

/// A running proxy; it ends with the value.
pub struct ConnectProxy {
    address: SocketAddr,
    ended: Arc<AtomicBool>,
    refused: Arc<Mutex<Vec<String>>>,
}

impl ConnectProxy {
    /// Starts a proxy that leads to this port of 127.0.0.1.
    pub fn start(port: u16) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).context("no port for the proxy")?;
        let address = listener.local_addr()?;
        let ended = Arc::new(AtomicBool::new(false));
        let refused = Arc::new(Mutex::new(Vec::new()));
        let proxy = Self { address, ended: ended.clone(), refused: refused.clone() };
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if ended.load(Ordering::SeqCst) {
                    break;
                }
                let refused = refused.clone();
                // A client that breaks off is its own test's failure, not the proxy's.
                thread::spawn(move || lead(client, port, &refused).ok());
            }
        });
        Ok(proxy)
    }

    /// What `HTTPS_PROXY` names.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The hosts that clients asked for and were not led to.
    pub fn refused(&self) -> Vec<String> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for ConnectProxy {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // Wakes the listener, so that it sees the end.
        let _ = TcpStream::connect(self.address);
    }
}

fn lead(mut client: TcpStream, port: u16, refused: &Mutex<Vec<String>>) -> Result<()> {
    let mut lines = BufReader::new(client.try_clone()?);
    let mut first = String::new();
    lines.read_line(&mut first)?;
    for _ in 0..MOST_LINES {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
    }
    let mut words = first.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default().to_owned());
    let is_known = target.strip_suffix(":443").is_some_and(|host| host.ends_with(".salesforce.com"));
    if method != "CONNECT" || !is_known {
        refused.lock().unwrap_or_else(PoisonError::into_inner).push(target);
        client.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
        return Ok(());
    }
    let mut server = TcpStream::connect(("127.0.0.1", port))?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let (mut back_to, mut back_from) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || {
        let _ = std::io::copy(&mut back_from, &mut back_to);
        let _ = back_to.shutdown(Shutdown::Write);
    });
    // What the client sent right behind its request waits in the reader.
    std::io::copy(&mut lines, &mut server)?;
    server.shutdown(Shutdown::Write)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    fn ask(proxy: &ConnectProxy, target: &str) -> (TcpStream, String) {
        let mut stream = TcpStream::connect(proxy.address).expect("the proxy listens");
        write!(stream, "CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n").expect("asked");
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).expect("an answer") == 1 {
            head.push(byte[0]);
        }
        (stream, String::from_utf8(head).expect("text"))
    }

    #[test]
    fn built_in_hosts_lead_to_the_port_and_no_other_does() {
        let server = TcpListener::bind("127.0.0.1:0").expect("a port");
        let proxy = ConnectProxy::start(server.local_addr().expect("an address").port()).expect("a proxy");
        let (mut client, head) = ask(&proxy, "login.salesforce.com:443");
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        client.write_all(b"hello").expect("sent");
        let (mut inside, _) = server.accept().expect("led here");
        let mut five = [0; 5];
        inside.read_exact(&mut five).expect("what the client said");
        assert_eq!(&five, b"hello");
        for target in ["example.com:443", "login.salesforce.com:80", "salesforce.com.example:443"] {
            assert!(ask(&proxy, target).1.starts_with("HTTP/1.1 403"), "{target}");
        }
        assert_eq!(proxy.refused(), ["example.com:443", "login.salesforce.com:80", "salesforce.com.example:443"]);
    }
}
