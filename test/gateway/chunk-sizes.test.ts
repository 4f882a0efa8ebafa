import { chunkSizes } from '@poolproof/gateway';

describe('cutting a tape into chunks', () => {
    it('ends a chunk where a bucket of the pledge registry ends', () => {
        expect(chunkSizes([3, 4, 2, 5, 1], 8, 100)).toEqual([7, 8]);
        expect(chunkSizes([3, 4, 2, 5, 1], 7, 100)).toEqual([7, 7, 1]);
    });

    it('cuts a bucket that is larger than a chunk', () => {
        expect(chunkSizes([1, 9, 2], 4, 100)).toEqual([1, 4, 4, 3]);
    });

    it('makes chunks no larger than the contract takes, whatever the records', () => {
        expect(chunkSizes([10_000], 1_000_000, 100)).toEqual([8_192, 1_808]);
        expect(chunkSizes([10_000], 8_192, 4_000)[0]).toBeLessThan((8 * 1024 * 1024) / 4_000);
    });

    it('makes no chunk of nothing', () => {
        expect(chunkSizes([0, 0, 0], 8, 1)).toEqual([]);
    });
});
