/** The readers of requests and answers under one name, as clients use them: `shape.object({ id: shape.id })`. */
export * as shape from './shape';
