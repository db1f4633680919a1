//! What every Loupe process shares: configuration, keys, telemetry, lifecycle, health.
