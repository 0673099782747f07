/** A name server on loopback (RFC 1035) that knows what a test tells it, and says of everything else that it is not there. */
import { createSocket } from "node:dgram";
import { once } from "node:events";

export interface DnsServer {
  /** For `Resolver#setServers`. */
  readonly address: string;
  /** `TYPE name` of each question, such as `SRV _confirm._tcp.example.com`. */
  readonly asked: string[];
  readonly close: () => Promise<void>;
}

const TYPES: Readonly<Record<number, string>> = { 1: "A", 28: "AAAA", 33: "SRV" };

function nameBytes(name: string): Buffer {
  const labels = name.split(".").filter((label) => label !== "");
  return Buffer.concat([
    ...labels.flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]),
    Buffer.from([0]),
  ]);
}

function numbers(...values: readonly number[]): Buffer {
  const made = Buffer.alloc(values.length * 2);
  for (const [at, value] of values.entries()) made.writeUInt16BE(value, at * 2);
  return made;
}

/** The data of an SRV record. */
export function srvData(priority: number, weight: number, port: number, target: string): Buffer {
  return Buffer.concat([numbers(priority, weight, port), nameBytes(target)]);
}

/** @param records - `TYPE name` -> the data of each record */
export async function openDnsServer(records: ReadonlyMap<string, readonly Uint8Array[]>): Promise<DnsServer> {
  const asked: string[] = [];
  const socket = createSocket("udp4");
  socket.on("message", (question, { port, address }) => {
    const labels: string[] = [];
    let at = 12;
    for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
      labels.push(question.toString("latin1", at + 1, at + 1 + length));
      at += length + 1;
    }
    const type = question.readUInt16BE(at + 1);
    const name = labels.join(".").toLowerCase();
    asked.push(`${TYPES[type] ?? type} ${name}`);
    const known = [...records.keys()].some((key) => key.endsWith(` ${name}`));
    const found = records.get(`${TYPES[type] ?? type} ${name}`) ?? [];
    const answers = found.map((data) => Buffer.concat([numbers(0xc00c, type, 1, 0, 60, data.length), data]));
    const header = Buffer.concat([question.subarray(0, 2), numbers(known ? 0x8580 : 0x8583, 1, answers.length, 0, 0)]);
    socket.send(Buffer.concat([header, question.subarray(12, at + 5), ...answers]), port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    close: async () => {
      socket.close();
      await once(socket, "close");
    },
  };
}
