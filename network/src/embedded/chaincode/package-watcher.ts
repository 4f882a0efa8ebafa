import { readdirSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { join } from 'node:path';

/** What a chaincode is run from. Sources of other languages matter once they are compiled. */
const compiled = /\.(c|m)?js$|\.json$/;

/** Milliseconds without a change after which a compiler is taken to be done. */
const quiet = 300;

/** Tells when the compiled code in a chaincode's folder has changed. Its dependencies in node_modules are not looked at. */
export class PackageWatcher {
    private watchers: readonly FSWatcher[];
    private timer: NodeJS.Timeout | undefined;
    private closed = false;

    constructor(
        private readonly folder: string,
        private readonly onChange: () => void,
    ) {
        this.watchers = this.watchAll();
    }

    close(): void {
        this.closed = true;
        clearTimeout(this.timer);
        for (const watcher of this.watchers) watcher.close();
    }

    /** One watcher a folder: not every system can watch a tree. */
    private watchAll(): readonly FSWatcher[] {
        return foldersIn(this.folder).flatMap((folder): readonly FSWatcher[] => {
            try {
                const watcher = watch(folder, (_kind, name) => {
                    // A name without a dot may be a folder that comes or goes.
                    if (name === null || compiled.test(name) || !name.includes('.')) this.touched();
                });
                return [watcher.on('error', () => this.touched())];
            } catch (error) {
                return ignoreMissing(error);
            }
        });
    }

    private touched(): void {
        if (this.closed) return;
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.tell(), quiet);
    }

    /** Watches anew first, since folders may have been replaced: what changes from now on is told again. */
    private tell(): void {
        const before = this.watchers;
        this.watchers = this.watchAll();
        for (const watcher of before) watcher.close();
        this.onChange();
    }
}

function foldersIn(folder: string): readonly string[] {
    try {
        const inner = readdirSync(folder, { withFileTypes: true })
            .filter(entry => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
            .flatMap(entry => foldersIn(join(folder, entry.name)));
        return [folder, ...inner];
    } catch (error) {
        return ignoreMissing(error);
    }
}

/** A folder may be gone by the time it is looked at: a build has removed it and will bring it back. */
function ignoreMissing(error: unknown): readonly never[] {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
}
