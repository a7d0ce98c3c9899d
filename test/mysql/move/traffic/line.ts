/** A line to a server that can be cut on our side only: the server goes on with what it was sent. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export class Line {
  readonly port: number;
  readonly #server: Server;
  readonly #near: Socket[] = [];
  readonly #far: Socket[] = [];

  private constructor(server: Server, to: { readonly host: string; readonly port: number }) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (near) => {
      const far = connect(to.port, to.host);
      for (const socket of [near, far]) socket.on('error', () => undefined);
      near.on('data', (data) => far.write(data));
      far.on('data', (data) => near.write(data));
      far.on('close', () => near.destroy());
      this.#near.push(near);
      this.#far.push(far);
    });
  }

  static async open(to: { readonly host: string; readonly port: number }): Promise<Line> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Line(server, to);
  }

  cut(): void {
    for (const socket of this.#near) socket.destroy();
  }

  async close(): Promise<void> {
    for (const socket of [...this.#near, ...this.#far]) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
