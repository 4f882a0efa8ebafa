import { gzipSync } from 'node:zlib';

const blockSize = 512;

/** A gzipped tar of a few small files. The same files give the same bytes, hence the same package id, on every run. */
export function archive(files: Readonly<Record<string, Buffer | string>>): Buffer {
    const entries = Object.entries(files).map(([name, content]) => entry(name, Buffer.from(content)));
    return gzipSync(Buffer.concat([...entries, Buffer.alloc(2 * blockSize)]));
}

function entry(name: string, content: Buffer): Buffer {
    const padding = Buffer.alloc((blockSize - (content.length % blockSize)) % blockSize);
    return Buffer.concat([header(name, content.length), content, padding]);
}

/** A POSIX ustar header with no owner and no time. */
function header(name: string, size: number): Buffer {
    const block = Buffer.alloc(blockSize);
    const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0') + '\0';
    block.write(name, 0, 100);
    block.write(octal(0o644, 7), 100);
    block.write(octal(0, 7), 108);
    block.write(octal(0, 7), 116);
    block.write(octal(size, 11), 124);
    block.write(octal(0, 11), 136);
    block.write('        ', 148);
    block.write('0', 156);
    block.write('ustar\x0000', 257);
    block.write(
        octal(
            block.reduce((sum, byte) => sum + byte, 0),
            6,
        ) + ' ',
        148,
    );
    return block;
}
