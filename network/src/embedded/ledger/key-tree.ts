/**
 * An ordered map that never changes: an update answers a new map that shares all but the touched path with the old one (a
 * persistent AVL tree). A snapshot of the whole state is therefore one reference, and costs nothing to keep or return to.
 * Keys are ordered by their UTF-16 units; for Fabric's order of UTF-8 bytes use the keys of `ledgerKey`.
 */
export type KeyTree<V> = Node<V> | undefined;

interface Node<V> {
    readonly key: string;
    readonly value: V;
    readonly left: KeyTree<V>;
    readonly right: KeyTree<V>;
    readonly height: number;
}

/** The value under the key. */
export function find<V>(tree: KeyTree<V>, key: string): V | undefined {
    let node = tree;
    while (node !== undefined) {
        if (key === node.key) return node.value;
        node = key < node.key ? node.left : node.right;
    }
    return undefined;
}

/** The tree with the key set to what is made of its present value. */
export function put<V>(tree: KeyTree<V>, key: string, make: (present: V | undefined) => V): KeyTree<V> {
    if (tree === undefined) return joined(key, make(undefined), undefined, undefined);
    if (key === tree.key) return joined(key, make(tree.value), tree.left, tree.right);
    return key < tree.key
        ? balanced(tree.key, tree.value, put(tree.left, key, make), tree.right)
        : balanced(tree.key, tree.value, tree.left, put(tree.right, key, make));
}

/** The tree without the key. */
export function remove<V>(tree: KeyTree<V>, key: string): KeyTree<V> {
    if (tree === undefined) return undefined;
    if (key < tree.key) {
        const left = remove(tree.left, key);
        return left === tree.left ? tree : balanced(tree.key, tree.value, left, tree.right);
    }
    if (key > tree.key) {
        const right = remove(tree.right, key);
        return right === tree.right ? tree : balanced(tree.key, tree.value, tree.left, right);
    }
    if (tree.left === undefined) return tree.right;
    if (tree.right === undefined) return tree.left;
    const next = smallest(tree.right);
    return balanced(next.key, next.value, tree.left, remove(tree.right, next.key));
}

/** Entries from `start` (included) up to `end` (excluded); `end` undefined goes to the last one. */
export function* entries<V>(tree: KeyTree<V>, start = '', end?: string): Generator<readonly [string, V], void> {
    const path: Node<V>[] = [];
    let node = tree;
    while (node !== undefined) {
        if (node.key >= start) {
            path.push(node);
            node = node.left;
        } else {
            node = node.right;
        }
    }
    for (let next = path.pop(); next !== undefined; next = path.pop()) {
        if (end !== undefined && next.key >= end) return;
        yield [next.key, next.value];
        for (let below = next.right; below !== undefined; below = below.left) path.push(below);
    }
}

function balanced<V>(key: string, value: V, left: KeyTree<V>, right: KeyTree<V>): Node<V> {
    const tilt = heightOf(left) - heightOf(right);
    if (tilt > 1 && left !== undefined) {
        if (heightOf(left.left) >= heightOf(left.right)) {
            return joined(left.key, left.value, left.left, joined(key, value, left.right, right));
        }
        const middle = left.right as Node<V>;
        return joined(
            middle.key,
            middle.value,
            joined(left.key, left.value, left.left, middle.left),
            joined(key, value, middle.right, right),
        );
    }
    if (tilt < -1 && right !== undefined) {
        if (heightOf(right.right) >= heightOf(right.left)) {
            return joined(right.key, right.value, joined(key, value, left, right.left), right.right);
        }
        const middle = right.left as Node<V>;
        return joined(
            middle.key,
            middle.value,
            joined(key, value, left, middle.left),
            joined(right.key, right.value, middle.right, right.right),
        );
    }
    return joined(key, value, left, right);
}

function joined<V>(key: string, value: V, left: KeyTree<V>, right: KeyTree<V>): Node<V> {
    return { key, value, left, right, height: 1 + Math.max(heightOf(left), heightOf(right)) };
}

function heightOf<V>(tree: KeyTree<V>): number {
    return tree === undefined ? 0 : tree.height;
}

function smallest<V>(node: Node<V>): Node<V> {
    let least = node;
    while (least.left !== undefined) least = least.left;
    return least;
}
