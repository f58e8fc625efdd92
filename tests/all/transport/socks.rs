//! A small SOCKS5 proxy that notes whom it was asked for, and by whom; every name leads to one port.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// How the proxy behaves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Manner {
    /// Takes any login.
    Login,
    /// Wants none.
    Open,
    /// Refuses the login.
    Locked,
    /// Answers with this code.
    Refuses(u8),
    /// Is no SOCKS5 proxy at all.
    Http,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// User name and password, where they were given.
    pub login: Option<(String, String)>,
    /// The host as asked for, and whether as a name.
    pub host: String,
    pub is_name: bool,
    pub port: u16,
}

/// The proxy.
pub struct Socks {
    pub port: u16,
    asked: Arc<Mutex<Vec<Request>>>,
}

impl Socks {
    /// Whatever is asked for, this port on loopback is given.
    pub async fn start(manner: Manner, to: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked: Arc<Mutex<Vec<Request>>> = Arc::default();
        let noted = asked.clone();
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let noted = noted.clone();
                tokio::spawn(async move {
                    let _gone = serve(tcp, manner, to, &noted).await;
                });
            }
        });
        Self { port, asked }
    }

    pub fn asked(&self) -> Vec<Request> {
        self.asked.lock().unwrap().clone()
    }
}

async fn text(tcp: &mut TcpStream) -> std::io::Result<String> {
    let len = tcp.read_u8().await?;
    let mut bytes = vec![0; usize::from(len)];
    tcp.read_exact(&mut bytes).await?;
    Ok(String::from_utf8(bytes).unwrap())
}

async fn serve(mut tcp: TcpStream, manner: Manner, to: u16, asked: &Mutex<Vec<Request>>) -> std::io::Result<()> {
    let mut head = [0; 2];
    tcp.read_exact(&mut head).await?;
    let mut methods = vec![0; usize::from(head[1])];
    tcp.read_exact(&mut methods).await?;
    if manner == Manner::Http {
        return tcp.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    }
    let login = if manner == Manner::Open {
        assert!(methods.contains(&0));
        tcp.write_all(&[5, 0]).await?;
        None
    } else {
        assert!(methods.contains(&2));
        tcp.write_all(&[5, 2]).await?;
        assert_eq!(tcp.read_u8().await?, 1);
        let login = (text(&mut tcp).await?, text(&mut tcp).await?);
        tcp.write_all(&[1, u8::from(manner == Manner::Locked)]).await?;
        Some(login)
    };
    let mut request = [0; 4];
    tcp.read_exact(&mut request).await?;
    assert_eq!(request[..3], [5, 1, 0]);
    let (host, is_name) = match request[3] {
        3 => (text(&mut tcp).await?, true),
        1 => (Ipv4Addr::from(tcp.read_u32().await?).to_string(), false),
        other => panic!("address type {other}"),
    };
    let port = tcp.read_u16().await?;
    asked.lock().unwrap().push(Request { login, host, is_name, port });
    let code = if let Manner::Refuses(code) = manner { code } else { 0 };
    tcp.write_all(&[5, code, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    if code == 0 {
        let mut there = TcpStream::connect((Ipv4Addr::LOCALHOST, to)).await?;
        copy_bidirectional(&mut tcp, &mut there).await?;
    }
    Ok(())
}
