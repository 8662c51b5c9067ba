export interface ServerSettings {
  readonly clusterDir: string;
  readonly socketDir: string;
  readonly port: number;
  /** Whether 127.0.0.1 is served beside the socket. */
  readonly listensOnLoopback: boolean;
  /** Whether a commit survives the loss of power; it survives the server's death in any case. */
  readonly isDurable: boolean;
}

/** The command line of a small server: no replication, no log of statements. */
export function serverCommand(postgres: string, settings: ServerSettings): [string, ...string[]] {
  const durability = settings.isDurable ? 'on' : 'off';
  const parameters: Readonly<Record<string, string>> = {
    listen_addresses: settings.listensOnLoopback ? '127.0.0.1' : '',
    port: String(settings.port),
    unix_socket_directories: `"${settings.socketDir.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    max_connections: '100',
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_logical_replication_workers: '0',
    max_wal_size: '512MB',
    fsync: durability,
    full_page_writes: durability,
    synchronous_commit: 'on',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'log',
    log_checkpoints: 'off',
  };
  const flags = Object.entries(parameters).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return [postgres, '-D', settings.clusterDir, ...flags];
}
