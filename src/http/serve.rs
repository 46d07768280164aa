//! Serving until told to stop, and then not cutting anybody off.

use std::time::Duration;

use anyhow::Context;
use axum::Router;
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
};

/// How long requests that have begun may take to end after the signal to stop.
const DRAIN: Duration = Duration::from_secs(3);

/// The signals that ask the program to end. From here on they do not cut it off.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Catches SIGTERM and SIGINT: before anybody is told that the program serves.
    pub fn catch() -> anyhow::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?,
            interrupt: signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?,
        })
    }
}

/// Serves until a signal; then takes no new connections, and ends when all that has begun is answered.
pub async fn serve(listener: TcpListener, router: Router, mut signals: Signals) -> anyhow::Result<()> {
    let (stop, mut stopping) = tokio::sync::watch::channel(false);
    let mut late = stop.subscribe();
    let told = async move {
        tokio::select! { _ = signals.terminate.recv() => {}, _ = signals.interrupt.recv() => {} }
        tracing::info!("stopping: no new connections");
        stop.send_replace(true);
    };
    let server = axum::serve(listener, router).with_graceful_shutdown(async move {
        let _ = stopping.wait_for(|told| *told).await;
    });
    let overdue = async move {
        let _ = late.wait_for(|told| *told).await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        ended = async { tokio::join!(told, server).1 } => ended.context("the server failed"),
        () = overdue => {
            tracing::warn!("stopping although some requests have not ended");
            Ok(())
        }
    }
}
